using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>A message is read whole, whatever is asked of it: what answers hold of texts has its limits, from reading to writing.</summary>
public sealed class TextLimitTests
{
    private const int Longest = 131_072;
    private const string Ids = "query($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { id } } } }";
    private const string Contents = "query($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { content } } } }";
    private const string Nested = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { conversation { messages(first: 100) { nodes { id } } } } } }";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task No_operation_reads_more_than_an_answer_may_say(DatabaseKind kind)
    {
        await using var database = await Databases.CreateAsync(kind);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Transport:MaxAnswerLength"] = "20000" });
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var conversation = await ada.CreateConversationAsync("Long");
        var ids = new List<string>();
        for (var i = 0; i < 10; i++) ids.Add(await WriteAsync(ada, conversation, new string('x', 1_500)));

        var page = await AskAsync(ada, Ids, new { id = conversation });
        Assert.Equal(10, page.GetProperty("data").GetProperty("conversation").GetProperty("messages").GetProperty("nodes").GetArrayLength());
        Assert.Single((await AskAsync(ada, Nested, new { ids = ids.Take(1) })).GetProperty("data").GetProperty("nodes").EnumerateArray());
        var refused = await AskAsync(ada, Nested, new { ids });
        Assert.Equal(["QUERY_TOO_COMPLEX"], refused.Codes());
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("data").ValueKind);
        await using var socket = await GraphQLSocket.ConnectAsync(app.Address, ada.Token);
        await foreach (var answer in socket.SubscribeAsync(Nested, new { ids })) Assert.Equal(["QUERY_TOO_COMPLEX"], answer.Codes());
        Assert.Equal(0, app.Services.GetRequiredService<TextLimits>().Held);

        // What a model is told of a long conversation is no part of the answer.
        for (var i = 0; i < 10; i++) await WriteAsync(ada, conversation, new string('x', 1_500));
        var completed = await ada.CompleteAsync(conversation, "What is all that?");
        Assert.Equal("COMPLETED", completed.GetProperty("completion").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("/graphql")]
    [InlineData("/conversations/1/messages")]
    public async Task What_is_not_read_is_held_within_limits_until_its_reader_leaves(string path)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Limits:TextBytesPerCaller"] = "1000000", ["Transport:WriteTimeout"] = "00:01:00" });
        var texts = app.Services.GetRequiredService<TextLimits>();
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        using var grace = await Person.SignUpAsync(app.Address, "grace");
        var (long1, long2) = (await ada.CreateConversationAsync("Long"), await grace.CreateConversationAsync("Long, too"));
        var text = new string('€', Longest);
        for (var i = 0; i < 50; i++) await WriteAsync(ada, long1, text);
        await WriteAsync(grace, long2, text);

        using (var reader = await AskWithoutReadingAsync(app.Address, path, ada.Token, long1))
        {
            await Eventually.HoldsAsync(() => Task.FromResult(texts.Held == 50 * Longest * sizeof(char)));
            using var refused = await PostAsync(ada, Ids, new { id = long1 });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
            Assert.Equal(["OVERLOADED"], (await refused.ReadJsonAsync()).Codes());
            // A short answer, and somebody else's.
            Assert.Empty((await AskAsync(ada, "{ me { id } }", null)).Codes());
            Assert.Empty((await AskAsync(grace, Contents, new { id = long2 })).Codes());
        }

        await Eventually.HoldsAsync(() => Task.FromResult(texts.Held == 0));
        Assert.Empty((await AskAsync(ada, Contents, new { id = long1 })).Codes());
        Assert.Equal(0, texts.Held);
    }

    [Fact]
    public async Task A_list_of_many_pages_holds_one_of_them()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Limits:TextBytesPerCaller"] = "250000" });
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var conversation = await ada.CreateConversationAsync("Long");
        var text = new string('x', 1_000);
        for (var i = 0; i < 201; i++) await WriteAsync(ada, conversation, text);
        using var list = await ada.Http.GetAsync($"/conversations/{Person.NumberOf(conversation)}/messages");
        Assert.Equal(201, (await list.Content.ReadFromJsonAsync<JsonElement>()).GetArrayLength());
        await Eventually.HoldsAsync(() => Task.FromResult(app.Services.GetRequiredService<TextLimits>().Held == 0));
    }

    private static async Task<JsonElement> AskAsync(Person person, string query, object? variables)
    {
        using var answer = await PostAsync(person, query, variables);
        return await answer.ReadJsonAsync();
    }

    private static async Task<string> WriteAsync(Person person, string conversationId, string content)
    {
        var answer = await AskAsync(
            person, "mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }", new { input = new { conversationId, content } });
        return answer.GetProperty("data").GetProperty("createMessage").GetProperty("message").GetProperty("id").GetString()!;
    }

    private static Task<HttpResponseMessage> PostAsync(Person person, string query, object? variables) => person.Http.PostAsJsonAsync("/graphql", new { query, variables });

    private static async Task<TcpClient> AskWithoutReadingAsync(Uri address, string path, string token, string conversation)
    {
        // Little room on the way, so that the answer waits in the service.
        var client = new TcpClient { ReceiveBufferSize = 4_096 };
        await client.ConnectAsync(address.Host, address.Port);
        var body = path == "/graphql" ? JsonSerializer.Serialize(new { query = Contents, variables = new { id = conversation } }) : "";
        var head = $"{(body == "" ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body));
        return client;
    }
}
