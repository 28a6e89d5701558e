using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ChatService.GraphQL;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>Errors as the service's own schema gives them: coded, masked, few, and no more of the answer lost than must be.</summary>
public sealed class SchemaErrorTests(SlowReadersSqliteApp app) : IClassFixture<SlowReadersSqliteApp>
{
    [Fact]
    public async Task An_item_that_fails_leaves_the_others_of_its_list_and_its_siblings()
    {
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync();
        var answer = await ada.Client.RunAsync(
            """
            query($ids: [ID!]!) {
              nodes(ids: $ids) { id ... on Conversation { messages(first: 0) { totalCount } } }
              me { username }
              searchMessages(query: "") { degraded }
            }
            """,
            new { ids = new[] { ada.Id, conversation, "msg_900719", ada.Id } });
        Assert.Equal(["BAD_USER_INPUT", "BAD_USER_INPUT"], answer.Codes);
        Assert.Equal(["nodes/1/messages", "searchMessages"], answer.Errors!.Select(error => string.Join('/', error.Path!)).Order());
        Assert.All(answer.Errors!, error => Assert.NotEmpty(error.Extensions.GetProperty("requestId").GetString()!));
        Assert.Equal(
            $$"""[{"id":"{{ada.Id}}"},null,null,{"id":"{{ada.Id}}"}]""", answer.Data.GetProperty("nodes").GetRawText());
        Assert.Equal(ada.Username, answer.Data.GetProperty("me").GetProperty("username").GetString());
        Assert.Equal(JsonValueKind.Null, answer.Data.GetProperty("searchMessages").ValueKind);
    }

    [Fact]
    public async Task At_most_five_errors_are_told_and_nothing_is_suggested()
    {
        var ada = await app.RegisterAsync("ada");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++) ids.Add(await ada.CreateConversationAsync());
        var many = await ada.Client.RunAsync("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { messages(first: 0) { totalCount } } } }", new { ids });
        Assert.Equal(Enumerable.Repeat("BAD_USER_INPUT", 5), many.Codes);
        Assert.Equal(7, many.Data.GetProperty("nodes").GetArrayLength());

        var typing = await ada.Client.RunAsync("{ mee { id } me { usrname conversatons { nodes } } nod(id: \"a\") { id } serchMessages(query: \"a\") { edges } models { nam contxtTokens } }");
        Assert.Equal(Enumerable.Repeat("GRAPHQL_VALIDATION_FAILED", 5), typing.Codes);
        Assert.All(typing.Errors!, error => Assert.DoesNotContain("Did you mean", error.Message, StringComparison.OrdinalIgnoreCase));
        Assert.All(typing.Errors!, error => Assert.NotEmpty(error.Extensions.GetProperty("requestId").GetString()!));
    }

    [Fact]
    public async Task A_fault_inside_is_masked_and_costs_its_field_alone()
    {
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync();
        using var person = new Person(app.App.Address, ada.Token);
        var completion = (await person.CompleteAsync(conversation, "words")).GetProperty("completion").GetProperty("id").GetString()!;
        await using (var db = Tables.Open(app.Database))
        {
            // What no version of the service has written.
            var number = long.Parse(Person.NumberOf(completion), CultureInfo.InvariantCulture);
            Assert.Equal(1, await db.Database.ExecuteSqlAsync($"UPDATE completions SET status = 'Nonsense' WHERE id = {number}"));
        }

        var answer = await ada.Client.RunAsync(
            "query($id: ID!) { conversation(id: $id) { title messages { nodes { role content completion { status } } } } me { username } }", new { id = conversation });
        var error = Assert.Single(answer.Errors!);
        Assert.Equal(("INTERNAL", "Something went wrong on our side."), (error.Code, error.Message));
        var nodes = answer.Data.GetProperty("conversation").GetProperty("messages").GetProperty("nodes").EnumerateArray().ToList();
        Assert.Equal(["USER", "ASSISTANT"], nodes.Select(node => node.GetProperty("role").GetString()));
        Assert.Equal("words", nodes[1].GetProperty("content").GetString());
        Assert.Equal(JsonValueKind.Null, nodes[1].GetProperty("completion").ValueKind);
        Assert.Equal(ada.Username, answer.Data.GetProperty("me").GetProperty("username").GetString());
    }

    public static TheoryData<string> TooMuch => new()
    {
        "{ ...A }" + string.Concat(Enumerable.Range(0, 25).Select(i => $" fragment {(char)('A' + i)} on Query {{ {(i == 24 ? "__typename" : $"...{(char)('B' + i)} ...{(char)('B' + i)}")} }}")),
        "{ me { conversations(first: 100) { nodes { messages(first: 100) { nodes { alternatives { id } } } } } } a: me { conversations(first: 1) { nodes { id } } } }",
        $"{{ node(id: \"msg_1\") {{ ... on Message {{ {string.Concat(Enumerable.Repeat("alternatives { ", 13))} id {new string('}', 13)} }} }} }}",
        "{ me { conversations(first: 10) { nodes { messages(first: 100) { nodes { alternatives(count: 11) { id } } } } } } }",
        "{ me { conversations { nodes { messages { nodes { conversation { messages { nodes { id } } } } } } } } }",
        "{ me { conversations { nodes { owner { conversations { nodes { owner { conversations { nodes { owner { conversations { nodes { id } } } } } } } } } } } } }",
        "mutation { a: signIn(input: { username: \"a\", password: \"b\" }) { errors { code } } b: signIn(input: { username: \"a\", password: \"c\" }) { errors { code } } }",
        "mutation { signOut { errors { code } } deleteUser(input: { password: \"a\" }) { errors { code } } }",
        "{ __schema { types { fields { type { fields { type { name } } } } } } }",
        $"{{ {string.Concat(Enumerable.Range(0, 31).Select(i => $"a{i}: __typename "))} }}",
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public async Task A_document_that_asks_for_too_much_is_refused_unread(string document)
    {
        var ada = await app.RegisterAsync("ada");
        var answer = await ada.Client.RunAsync(document);
        Assert.Equal(["QUERY_TOO_COMPLEX"], answer.Codes);
        Assert.Equal(JsonValueKind.Undefined, answer.Data.ValueKind);
    }

    [Fact]
    public async Task Who_does_not_read_the_feed_is_let_go_and_resumes_where_they_were()
    {
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync();
        var cursor = (await ada.Client.DataAsync("{ changeCursor }")).GetProperty("changeCursor").GetString()!;
        var content = new string('x', 131_072);
        for (var i = 0; i < Changes; i++)
        {
            await ada.Client.DataAsync(
                "mutation($id: ID!, $content: String!) { createMessage(input: { conversationId: $id, content: $content }) { message { id } } }", new { id = conversation, content });
        }

        using var reader = app.App.As(ada.Token);
        using (var stalled = await reader.PostForEventsAsync("/graphql", JsonContent.Create(new { query = _feed, variables = new { cursor } })))
        {
            var streams = app.App.Services.GetRequiredService<OpenStreams>();
            await Eventually.HoldsAsync(() => Task.FromResult(streams.Sessions().Count == 0), TimeSpan.FromSeconds(60));
            await Assert.ThrowsAnyAsync<Exception>(() => stalled.Content.ReadAsByteArrayAsync());
        }

        using var person = new Person(app.App.Address, ada.Token);
        Assert.Equal(Changes, (await ReadFeedAsync(person, cursor)).Distinct().Count());
    }

    /// <summary>The cursors of what comes next. Who reads slowly on a slow machine is let go here as well, and resumes.</summary>
    private static async Task<List<string>> ReadFeedAsync(Person person, string cursor)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var told = new List<string>();
        while (told.Count < Changes)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                await foreach (var change in person.SubscribeAsync(_feed, new { cursor = told.LastOrDefault(cursor) }, patience.Token).Take(Changes - told.Count))
                    told.Add(change.GetProperty("data").GetProperty("changes").GetProperty("cursor").GetString()!);
            }
            catch (Exception gone) when (gone is IOException or HttpRequestException)
            {
                // What was told so far counts.
            }
        }

        return told;
    }

    private const int Changes = 12;

    /// <summary>Nineteen megabytes for twelve changes: more than the kernel's buffers hold.</summary>
    private static readonly string _feed =
        $"subscription($cursor: String) {{ changes(after: $cursor) {{ cursor {string.Concat(Enumerable.Range(0, 12).Select(i => $"m{i}: message {{ content }} "))} }} }}";
}

/// <summary>A service that lets slow readers go soon.</summary>
public sealed class SlowReadersSqliteApp() : AppFixture(DatabaseKind.Sqlite, ("Transport:WriteTimeout", "00:00:02"), ("Limits:Enabled", "false"));
