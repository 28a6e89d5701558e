using System.Text.Json;
using Snapshooter.Xunit;

namespace ChatService.Tests;

public sealed class PostgresConversationTests(PostgresApp app) : ConversationTests(app), IClassFixture<PostgresApp>;

public sealed class SqliteConversationTests(SqliteApp app) : ConversationTests(app), IClassFixture<SqliteApp>;

/// <summary>Conversations and messages through the GraphQL door.</summary>
public abstract class ConversationTests(AppFixture app)
{
    private const string Page = """
        query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $around: ID) {
          conversation(id: $id) {
            messages(first: $first, after: $after, last: $last, before: $before, around: $around) {
              totalCount nodes { content } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }
        """;

    [Fact]
    public async Task A_conversation_reads_as_its_clients_know_it()
    {
        app.Provider.Answer("Avec ", "plaisir — ", "un cœur 🫀.");
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync("Été à Paris", "Réponds en français.");
        var completed = await ada.Client.DataAsync(
            """
            mutation($input: StartCompletionInput!) {
              complete(input: $input) {
                completion {
                  status finishReason model usage { inputTokens outputTokens estimated } error { code }
                  context { messageCount droppedCount estimatedTokens }
                  question { role content } message { role content sequence }
                }
                replayed errors { code message field } } }
            """,
            new { input = new { conversationId = conversation, content = "Dessine-moi un cœur !" } });
        var read = await ada.Client.DataAsync(
            """
            query($id: ID!) {
              conversation(id: $id) {
                title systemPrompt model archivedAt activeCompletion { id }
                messages { totalCount edges { node { sequence role content editedAt completion { status } alternatives { id } } } pageInfo { hasNextPage hasPreviousPage } } } }
            """,
            new { id = conversation });
        Snapshot.Match(new { completed = completed.ToString(), read = read.ToString() }, "Conversation");
    }

    [Fact]
    public async Task Pages_meet_in_both_directions_and_around_a_message()
    {
        var ada = await app.RegisterAsync("pager");
        var conversation = await ada.CreateConversationAsync();
        List<string> ids = [];
        for (var i = 0; i < 7; i++) ids.Add(await SendAsync(ada, conversation, $"{i}"));

        var first = await PageAsync(ada, new { id = conversation, first = 3 });
        Assert.Equal(["0", "1", "2"], Contents(first));
        Assert.Equal(7, first.GetProperty("totalCount").GetInt32());
        Assert.Equal((true, false), Ends(first));
        var second = await PageAsync(ada, new { id = conversation, first = 4, after = Cursor(first, "endCursor") });
        Assert.Equal(["3", "4", "5", "6"], Contents(second));
        Assert.Equal((false, true), Ends(second));
        var last = await PageAsync(ada, new { id = conversation, last = 2 });
        Assert.Equal(["5", "6"], Contents(last));
        Assert.Equal((false, true), Ends(last));
        var before = await PageAsync(ada, new { id = conversation, last = 5, before = Cursor(last, "startCursor") });
        Assert.Equal(["0", "1", "2", "3", "4"], Contents(before));
        Assert.Equal((true, false), Ends(before));
        var around = await PageAsync(ada, new { id = conversation, first = 3, around = ids[3] });
        Assert.Equal(["2", "3", "4"], Contents(around));
        Assert.Equal((true, true), Ends(around));
    }

    [Theory]
    [InlineData("first: 0")]
    [InlineData("first: -1")]
    [InlineData("first: 101")]
    [InlineData("last: 101")]
    [InlineData("first: 1, last: 1")]
    [InlineData("after: \"bm9uc2Vuc2U\"")]
    [InlineData("after: \"%%%\"")]
    [InlineData("before: \"YzEuMS4\"")]
    public async Task A_page_that_is_none_is_refused(string arguments)
    {
        var ada = await app.RegisterAsync("refused");
        var conversation = await ada.CreateConversationAsync();
        var answer = await ada.Client.RunAsync($$"""{ conversation(id: "{{conversation}}") { messages({{arguments}}) { nodes { id } } } }""");
        Assert.Equal(["BAD_USER_INPUT"], answer.Codes);
    }

    [Fact]
    public async Task Lists_go_by_latest_activity_and_archived_ones_are_apart()
    {
        var ada = await app.RegisterAsync("lists");
        var (one, two) = (await ada.CreateConversationAsync("one"), await ada.CreateConversationAsync("two"));
        await SendAsync(ada, one, "Hello");
        Assert.Equal(["one", "two"], await TitlesAsync(ada, archived: false));
        await UpdateAsync(ada, new { id = two, archived = true });
        Assert.Equal(["one"], await TitlesAsync(ada, archived: false));
        Assert.Equal(["two"], await TitlesAsync(ada, archived: true));
    }

    [Fact]
    public async Task An_update_changes_what_was_sent_and_nothing_else()
    {
        var ada = await app.RegisterAsync("updates");
        var conversation = await ada.CreateConversationAsync("Before", "Be brief.");
        var renamed = await UpdateAsync(ada, new { id = conversation, title = "After" });
        Assert.Equal("""{"title":"After","systemPrompt":"Be brief.","model":null}""", renamed.GetProperty("conversation").GetRawText());
        var cleared = await UpdateAsync(ada, new { id = conversation, systemPrompt = (string?)null, model = "scripted" });
        Assert.Equal("""{"title":"After","systemPrompt":null,"model":"scripted"}""", cleared.GetProperty("conversation").GetRawText());
        Assert.Equal("BAD_USER_INPUT", Code(await UpdateAsync(ada, new { id = conversation, title = (string?)null })));
        Assert.Equal("BAD_USER_INPUT", Code(await UpdateAsync(ada, new { id = conversation, archived = (bool?)null })));
        Assert.Equal("MODEL_NOT_ALLOWED", Code(await UpdateAsync(ada, new { id = conversation, model = "gpt-100" })));
    }

    [Fact]
    public async Task Nodes_are_found_by_any_of_their_ids_in_order()
    {
        var ada = await app.RegisterAsync("nodes");
        var eve = await app.RegisterAsync("eve");
        var conversation = await ada.CreateConversationAsync();
        var message = await SendAsync(ada, conversation, "Hello");
        string[] ids = [message, "msg_999999", eve.Id, ada.Id, "nonsense", conversation, "msg_01", "cpl_-1"];
        const string query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

        Assert.Equal(
            [message, null, null, ada.Id, null, conversation, null, null],
            (await ada.Client.DataAsync(query, new { ids })).GetProperty("nodes").EnumerateArray().Select(IdOrNull));
        Assert.Equal(
            [null, null, eve.Id, null, null, null, null, null],
            (await eve.Client.DataAsync(query, new { ids })).GetProperty("nodes").EnumerateArray().Select(IdOrNull));
        Assert.Equal(["BAD_USER_INPUT"], (await ada.Client.RunAsync(query, new { ids = Enumerable.Repeat(message, 101) })).Codes);

        static string? IdOrNull(JsonElement node) => node.ValueKind == JsonValueKind.Null ? null : node.GetProperty("id").GetString();
    }

    [Fact]
    public async Task Editing_and_deleting_are_for_the_callers_own_words()
    {
        var ada = await app.RegisterAsync("edits");
        var conversation = await ada.CreateConversationAsync(systemPrompt: "Rules");
        var message = await SendAsync(ada, conversation, "Helo");
        var updated = await ada.Client.DataAsync(
            "mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { message { content editedAt } errors { code } } }",
            new { input = new { id = message, content = "Hello" } });
        Assert.Equal("Hello", updated.GetProperty("updateMessage").GetProperty("message").GetProperty("content").GetString());
        Assert.NotEqual(JsonValueKind.Null, updated.GetProperty("updateMessage").GetProperty("message").GetProperty("editedAt").ValueKind);
        var prompt = (await ada.Client.DataAsync($$"""{ conversation(id: "{{conversation}}") { messages(first: 1) { nodes { id } } } }"""))
            .GetProperty("conversation").GetProperty("messages").GetProperty("nodes")[0].GetProperty("id").GetString();
        Assert.Equal("BAD_USER_INPUT", Code(await DeleteAsync(ada, prompt!)));
        Assert.Equal(message, (await DeleteAsync(ada, message)).GetProperty("deletedMessageId").GetString());
        Assert.Equal("NOT_FOUND", Code(await DeleteAsync(ada, message)));
    }

    [Fact]
    public async Task Nobody_sees_anything()
    {
        var nobody = new GraphQLClient(app.App.As(null));
        Assert.Equal(JsonValueKind.Null, (await nobody.DataAsync("{ me { id } }")).GetProperty("me").ValueKind);
        Assert.Equal(["UNAUTHENTICATED"], (await nobody.RunAsync("""{ conversation(id: "cnv_1") { id } }""")).Codes);
        Assert.Equal(["UNAUTHENTICATED"], (await nobody.RunAsync("""{ node(id: "cnv_1") { id } }""")).Codes);
        Assert.Equal(["UNAUTHENTICATED"], (await nobody.RunAsync("""mutation { createConversation(input: {}) { errors { code } } }""")).Codes);
        Assert.Equal(["UNAUTHENTICATED"], (await new GraphQLClient(app.App.As("chat_1_forged")).RunAsync("{ me { id } }")).Codes);
    }

    private static async Task<string> SendAsync(Member person, string conversation, string content)
    {
        var data = await person.Client.DataAsync(
            "mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } errors { code } } }",
            new { input = new { conversationId = conversation, content } });
        return data.GetProperty("createMessage").GetProperty("message").GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> DeleteAsync(Member person, string id) => (await person.Client.DataAsync(
        "mutation($input: DeleteMessageInput!) { deleteMessage(input: $input) { deletedMessageId errors { code } } }",
        new { input = new { id } })).GetProperty("deleteMessage");

    private static async Task<JsonElement> UpdateAsync(Member person, object input) => (await person.Client.DataAsync(
        "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { title systemPrompt model } errors { code } } }",
        new { input })).GetProperty("updateConversation");

    private static async Task<IEnumerable<string?>> TitlesAsync(Member person, bool archived)
    {
        var data = await person.Client.DataAsync("query($archived: Boolean!) { me { conversations(archived: $archived) { nodes { title } } } }", new { archived });
        return data.GetProperty("me").GetProperty("conversations").GetProperty("nodes").EnumerateArray().Select(c => c.GetProperty("title").GetString());
    }

    private static async Task<JsonElement> PageAsync(Member person, object variables) =>
        (await person.Client.DataAsync(Page, variables)).GetProperty("conversation").GetProperty("messages");

    private static IEnumerable<string?> Contents(JsonElement page) =>
        page.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("content").GetString());

    private static (bool Next, bool Previous) Ends(JsonElement page) =>
        (page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean(), page.GetProperty("pageInfo").GetProperty("hasPreviousPage").GetBoolean());

    private static string? Cursor(JsonElement page, string which) => page.GetProperty("pageInfo").GetProperty(which).GetString();

    private static string? Code(JsonElement payload) => payload.GetProperty("errors")[0].GetProperty("code").GetString();
}
