using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatService.Rest;

namespace ChatService.Tests;

public class WholeListTests(Facade facade) : IClassFixture<Facade>
{
    [Fact]
    public async Task All_pages_make_one_array()
    {
        var asked = new List<object?>();
        facade.Answer(operation =>
        {
            var after = operation.Variables.GetValueOrDefault("after");
            asked.Add(after);
            return after switch
            {
                null => Page(Message(1) + "," + Message(2), "two"),
                "two" => Page(Message(3), "three"),
                _ => Page("", null),
            };
        });

        var messages = await facade.Client.GetFromJsonAsync<JsonElement>("/conversations/5/messages");

        Assert.Equal([1, 2, 3], messages.EnumerateArray().Select(message => message.GetProperty("id").GetInt32()));
        Assert.Equal([null, "two", "three"], asked);
    }

    [Fact]
    public async Task Only_what_was_said_is_listed()
    {
        facade.Answer(Page(
            string.Join(',',
                Message(1),
                Message(2, "COMPLETED", ""),
                Message(3, "CANCELLED", "half"),
                Message(4, "CANCELLED", ""),
                Message(5, "RUNNING", "half"),
                Message(6, "FAILED", "half"),
                Message(7, "INTERRUPTED", "half")),
            null));

        var body = await facade.Client.GetStringAsync("/conversations/5/messages");

        Assert.Equal(
            """[{"id":1,"role":"user","content":"hello"},{"id":2,"role":"assistant","content":""},{"id":3,"role":"assistant","content":"half"}]""",
            body);
    }

    [Fact]
    public async Task Conversations_are_all_of_them_the_archived_too()
    {
        facade.Answer(operation =>
        {
            Assert.Equal(new Addressed(AddressKind.User, "3"), operation.ActsFor);
            var (id, title) = operation.Variables["archived"] is true ? (2, "old") : (1, "new");
            return Facade.Data(
                $$$"""
                {"me":{"databaseId":3,"username":"ada","conversations":{
                    "nodes":[{"databaseId":{{{id}}},"title":"{{{title}}}"}],
                    "pageInfo":{"hasNextPage":false,"endCursor":null}
                } } }
                """);
        });

        Assert.Equal(
            """[{"conversation_id":1,"title":"new","user_id":3},{"conversation_id":2,"title":"old","user_id":3}]""",
            await facade.Client.GetStringAsync("/users/3/conversations"));
    }

    [Fact]
    public async Task Another_user_is_as_absent()
    {
        facade.Answer(Facade.Data("""{"me":{"databaseId":3,"username":"ada"}}"""));
        Assert.Equal(HttpStatusCode.NotFound, (await facade.Client.GetAsync("/users/4/conversations")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await facade.Client.GetAsync("/users/grace")).StatusCode);
    }

    [Fact]
    public async Task The_first_page_is_written_before_the_second_is_there()
    {
        var second = new TaskCompletionSource<OperationAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        facade.Options.Run = (_, operation, _) =>
            operation.Variables.ContainsKey("after") ? second.Task : Task.FromResult(Page(Message(1), "one"));

        using var response = await facade.Client.GetAsync("/conversations/5/messages", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[1024];
        var read = await body.ReadAsync(buffer);
        Assert.StartsWith("""[{"id":1""", System.Text.Encoding.UTF8.GetString(buffer, 0, read), StringComparison.Ordinal);

        second.SetResult(Page(Message(2), null));
        var rest = await new StreamReader(body).ReadToEndAsync();
        Assert.EndsWith("}]", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_on_the_first_page_has_its_status()
    {
        facade.Answer(Facade.Refusal("STORAGE_UNAVAILABLE"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await facade.Client.GetAsync("/conversations/5/messages")).StatusCode);
    }

    [Fact]
    public async Task A_fault_on_a_later_page_cuts_the_connection()
    {
        facade.Answer(operation =>
            operation.Variables.ContainsKey("after") ? Facade.Refusal("STORAGE_UNAVAILABLE") : Page(Message(1), "one"));

        await Assert.ThrowsAnyAsync<Exception>(() => facade.Client.GetStringAsync("/conversations/5/messages"));
    }

    private static string Message(int id, string? status = null, string content = "hello") =>
        status is null
            ? $$"""{"databaseId":{{id}},"role":"USER","content":"{{content}}","completion":null}"""
            : $$$"""{"databaseId":{{{id}}},"role":"ASSISTANT","content":"{{{content}}}","completion":{"status":"{{{status}}}"}}""";

    private static OperationAnswer Page(string nodes, string? next) => Facade.Data(
        $$$"""
        {"conversation":{"messages":{
            "nodes":[{{{nodes}}}],
            "pageInfo":{"hasNextPage":{{{(next is null ? "false" : "true")}}},"endCursor":{{{JsonSerializer.Serialize(next)}}} }
        } } }
        """);
}
