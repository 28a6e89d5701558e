using System.Net;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Search as clients see it.</summary>
public sealed class SearchApiTests : IAsyncLifetime
{
    private const string SignUp = """mutation($name: String!) { createUser(input: {username: $name, password: "correct horse battery"}) { session { token user { databaseId } } } }""";
    private TestDatabase _database = null!;
    private ChatApp _app = null!;
    private GraphQLClient _ada = null!;
    private long _adaId;
    private string _conversation = "";

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _app = ChatApp.Start(_database, settings: new Dictionary<string, string?> { ["Embeddings:Sweep"] = "00:00:00.02", ["Completions:OfflineWordDelay"] = "00:00:00" });
        var session = (await new GraphQLClient(_app.As(null)).DataAsync(SignUp, new { name = "ada" })).GetProperty("createUser").GetProperty("session");
        _adaId = session.GetProperty("user").GetProperty("databaseId").GetInt64();
        _ada = new GraphQLClient(_app.As(session.GetProperty("token").GetString()));
        _conversation = (await _ada.DataAsync("mutation { createConversation(input: {}) { conversation { id } } }"))
            .GetProperty("createConversation").GetProperty("conversation").GetProperty("id").GetString()!;
        foreach (var content in new[] { "Bonjour", "L'été 🌞 à la mer", "Au revoir" })
            await _ada.DataAsync("mutation($input: CreateMessageInput!) { createMessage(input: $input) { errors { code } } }", new { input = new { conversationId = _conversation, content } });
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_hit_says_why_and_where()
    {
        var found = await _ada.DataAsync("""
            { searchMessages(query: "ete", mode: KEYWORD) {
                edges {
                  cursor score semanticRank keywordRank snippet highlights { start length }
                  node { content role sequence conversation { id } }
                  preceding { content } following(count: 5) { content } none: following(count: 0) { id } }
                nodes { content } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } degraded } }
            """);
        var connection = found.GetProperty("searchMessages");
        var edge = Assert.Single(connection.GetProperty("edges").EnumerateArray());
        var snippet = edge.GetProperty("snippet").GetString()!;
        var range = Assert.Single(edge.GetProperty("highlights").EnumerateArray());
        Assert.Equal("été", snippet.Substring(range.GetProperty("start").GetInt32(), range.GetProperty("length").GetInt32()));
        Assert.Equal(1, edge.GetProperty("keywordRank").GetInt32());
        Assert.Equal(JsonValueKind.Null, edge.GetProperty("semanticRank").ValueKind);
        Assert.Equal("L'été 🌞 à la mer", edge.GetProperty("node").GetProperty("content").GetString());
        Assert.Equal(["Bonjour"], Contents(edge.GetProperty("preceding")));
        Assert.Equal(["Au revoir"], Contents(edge.GetProperty("following")));
        Assert.Empty(edge.GetProperty("none").EnumerateArray());
        Assert.False(connection.GetProperty("degraded").GetBoolean());
        Assert.False(connection.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean());
        Assert.Equal(edge.GetProperty("cursor").GetString(), connection.GetProperty("pageInfo").GetProperty("endCursor").GetString());
    }

    [Fact]
    public async Task A_filter_and_its_limits_are_the_callers()
    {
        const string Search = "query($filter: MessageFilter) { searchMessages(query: \"mer\", mode: KEYWORD, filter: $filter) { nodes { content } } }";
        Assert.Single(await NodesAsync(new { conversationIds = new[] { _conversation }, roles = new[] { "USER" } }));
        Assert.Empty(await NodesAsync(new { conversationIds = new[] { "cnv_999", "nonsense" } }));
        Assert.Empty(await NodesAsync(new { roles = new[] { "ASSISTANT" } }));
        Assert.Empty(await NodesAsync(new { createdBefore = "2020-01-01T00:00:00Z" }));
        Assert.Equal(["BAD_USER_INPUT"], (await _ada.RunAsync(Search, new { filter = new { conversationIds = Enumerable.Repeat("cnv_1", 101) } })).Codes);
        Assert.Equal(["BAD_USER_INPUT"], (await _ada.RunAsync("{ searchMessages(query: \"mer\", mode: KEYWORD) { edges { preceding(count: 11) { id } } } }")).Codes);
        Assert.Equal(["BAD_USER_INPUT"], (await _ada.RunAsync("{ searchMessages(query: \"mer\", after: \"x\") { nodes { id } } }")).Codes);
        Assert.Equal(["UNAUTHENTICATED"], (await new GraphQLClient(_app.As(null)).RunAsync("{ searchMessages(query: \"mer\") { nodes { id } } }")).Codes);

        async Task<JsonElement[]> NodesAsync(object filter) =>
            [.. (await _ada.DataAsync(Search, new { filter })).GetProperty("searchMessages").GetProperty("nodes").EnumerateArray()];
    }

    [Fact]
    public async Task Sources_name_what_an_answer_came_from()
    {
        await UntilIndexedAsync();
        var answered = await _ada.DataAsync("""
            mutation { createConversation(input: {}) { conversation { id } } }
            """);
        var conversationId = answered.GetProperty("createConversation").GetProperty("conversation").GetProperty("id").GetString();
        var completed = await _ada.DataAsync(
            "mutation($input: StartCompletionInput!) { complete(input: $input) { completion { message { content } sources { score message { content conversation { id } } } } errors { code } } }",
            new { input = new { conversationId, content = "Que faire à la mer en été ?", recall = true } });
        var completion = completed.GetProperty("complete").GetProperty("completion");
        var source = Assert.Single(completion.GetProperty("sources").EnumerateArray());
        Assert.Equal("L'été 🌞 à la mer", source.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(_conversation, source.GetProperty("message").GetProperty("conversation").GetProperty("id").GetString());
        Assert.Contains("> L'été 🌞 à la mer", completion.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_facade_searches_too()
    {
        await UntilIndexedAsync();
        using var http = _app.As(null);
        var hits = JsonDocument.Parse(await http.GetStringAsync($"/users/{_adaId}/messages:search?q=mer&mode=hybrid&limit=5")).RootElement;
        var hit = Assert.Single(hits.EnumerateArray());
        Assert.Equal("L'été 🌞 à la mer", hit.GetProperty("content").GetString());
        Assert.Equal("user", hit.GetProperty("role").GetString());
        Assert.Equal("L'été 🌞 à la mer", hit.GetProperty("snippet").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/users/987654/messages:search?q=mer")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync($"/users/{_adaId}/messages:search?q=%20")).StatusCode);
    }

    private static string[] Contents(JsonElement messages) => [.. messages.EnumerateArray().Select(message => message.GetProperty("content").GetString()!)];

    private async Task UntilIndexedAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var status = (await _ada.DataAsync("{ searchStatus { model byMeaning indexed pending failed } }")).GetProperty("searchStatus");
            if (status.GetProperty("pending").GetInt32() == 0) return;
            Assert.False(deadline.IsCancellationRequested, $"Not indexed: {status}");
        }
    }
}
