using System.Text.Json;

namespace ChatService.Tests;

/// <summary>The npm clients that people use, unchanged, against the running service.</summary>
public sealed class NodeClientTests(SqliteApp app) : IClassFixture<SqliteApp>
{
    [Theory]
    [InlineData("graphql-ws.mjs")]
    [InlineData("graphql-sse.mjs")]
    [InlineData("apollo.mjs")]
    [InlineData("urql.mjs")]
    public async Task Mutates_watches_queries_and_understands_a_refusal(string script)
    {
        app.Provider.When(request => request.IsChat, Reply.Of("Nothing ", "but the 🌞 ", "rises."));
        var ada = await app.RegisterAsync("ada");
        var seen = await NodeClients.RunAsync(script, app.App.Address.AbsoluteUri, ada.Token);
        var expected = new
        {
            title = "launch",
            messages = new[] { "What is new?", "Nothing but the 🌞 rises." },
            text = "Nothing but the 🌞 rises.",
            status = "COMPLETED",
            refused = new[] { "GRAPHQL_VALIDATION_FAILED" },
        };
        AssertJson(expected, seen);
    }

    [Theory]
    [InlineData("Plain fetch")]
    [InlineData("Apollo Client")]
    [InlineData("urql")]
    public async Task As_documented_each_goes_on_after_a_cut_and_gets_every_word_once(string client)
    {
        var gates = Enumerable.Range(0, 4).Select(_ => new Gate()).ToList();
        var reply = gates.Aggregate(Reply.Of("Nothing "), (said, gate) => said.Wait(gate).Text("but the 🌞 rises, "));
        app.Provider.When(request => request.IsChat && request.LastUserMessage == client, reply);
        var ada = await app.RegisterAsync("ada");
        var completion = await ada.StartAsync(await ada.CreateConversationAsync(), client);
        var pieces = 0;
        // A piece is only made when the client has the one before.
        var told = await NodeClients.WatchAsync(
            line =>
            {
                if (line == "piece" && pieces < gates.Count) gates[pieces++].Open();
            },
            "documented.mjs", app.App.Address.AbsoluteUri, ada.Token, completion, Repository.PathOf("docs/clients.md"), client);
        using var seen = JsonDocument.Parse(told.TrimEnd().Split('\n')[^1]);
        Assert.Equal("NOT_FOUND", seen.RootElement.GetProperty("refused").GetString());
        Assert.Equal("UNAUTHENTICATED", seen.RootElement.GetProperty("ended").GetString());
        Assert.True(seen.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal("COMPLETED", seen.RootElement.GetProperty("status").GetString());
        Assert.True(seen.RootElement.GetProperty("isWhole").GetBoolean());
        Assert.InRange(seen.RootElement.GetProperty("lines").GetInt32(), 2, 6);
    }

    [Fact]
    public async Task Relays_compiler_takes_the_schema_and_its_operations_run()
    {
        var ada = await app.RegisterAsync("ada");
        var seen = await NodeClients.RunAsync("relay.mjs", app.App.Address.AbsoluteUri, ada.Token, Repository.PathOf("schema.graphql"));
        var expected = new
        {
            operations = new[]
            {
                "ConversationsCreateMutation", "ConversationsDeleteMutation", "ConversationsEventsSubscription", "ConversationsItemQuery",
                "ConversationsListQuery", "ConversationsMessagesQuery", "ConversationsQuery",
            },
            types = new
            {
                ConversationsQuery = "Conversation",
                ConversationsListQuery = "User",
                ConversationsItemQuery = "Conversation",
                ConversationsMessagesQuery = "Conversation",
            },
            titles = new[] { "launch" },
        };
        AssertJson(expected, seen);
    }

    private static void AssertJson(object expected, string seen)
    {
        using var json = JsonDocument.Parse(seen);
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(json.RootElement));
    }
}
