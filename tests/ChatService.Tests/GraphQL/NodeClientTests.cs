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
