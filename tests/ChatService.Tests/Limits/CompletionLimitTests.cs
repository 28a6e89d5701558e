using System.Net.Http.Json;

namespace ChatService.Tests;

/// <summary>How many answers one person may have made, at once and in a minute.</summary>
public sealed class CompletionLimitTests(LimitedApp app) : IClassFixture<LimitedApp>
{
    private const string Start =
        "mutation($input: StartCompletionInput!) { startCompletion(input: $input) { completion { id } replayed errors { code } } }";

    [Fact]
    public async Task Two_are_made_at_once_and_a_repeat_is_no_third()
    {
        var gate = new Gate();
        app.Provider.When(request => request.LastUserMessage == "Wait with this", Reply.Of("So ").Wait(gate).Text("be it."));
        using var client = await MemberAsync();
        var conversations = new[] { await OpenAsync(client), await OpenAsync(client), await OpenAsync(client) };
        var first = await StartAsync(client, conversations[0], "Wait with this", "first");
        Assert.Null((await StartAsync(client, conversations[1], "Wait with this", "second")).Code);

        Assert.Equal((200, "RATE_LIMITED", 1), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Start, Input(conversations[2], "A third", "third"))));
        Assert.Equal(
            (429, "RATE_LIMITED", 1),
            await LimitedApp.ReadAsync(client.PostAsJsonAsync($"/conversations/{conversations[2]["cnv_".Length..]}/messages:complete", new { stream = false, content = "A third" })));
        Assert.Equal(first, await StartAsync(client, conversations[0], "Wait with this", "first"));

        // The limit is each one's own.
        using var other = await MemberAsync();
        Assert.Null((await StartAsync(other, await OpenAsync(other), "Mine", null)).Code);

        gate.Open();
        await Eventually.GetAsync(() => StartAsync(client, conversations[2], "A third", "third"), started => started.Code is null);
    }

    [Fact]
    public async Task So_many_are_made_in_a_minute()
    {
        app.Provider.When(request => request.LastUserMessage == "Be quick", Reply.Of("Quick."));
        using var client = await MemberAsync();
        var conversation = await OpenAsync(client);
        for (var i = 0; i < 4; i++) await CompleteAsync(client, conversation);
        Assert.Equal((200, "RATE_LIMITED", 3), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Start, Input(conversation, "Be quick", null))));
        app.Clock.Advance(TimeSpan.FromSeconds(3));
        await CompleteAsync(client, conversation);
    }

    private async Task<HttpClient> MemberAsync() => app.From(app.NewAddress(), (await app.RegisterAsync()).Token);

    private static async Task<string> OpenAsync(HttpClient client)
    {
        var data = await new GraphQLClient(client).DataAsync("mutation { createConversation(input: { title: \"Limits\" }) { conversation { id } } }");
        return data.GetProperty("createConversation").GetProperty("conversation").GetProperty("id").GetString()!;
    }

    private static async Task CompleteAsync(HttpClient client, string conversation)
    {
        var data = await new GraphQLClient(client).DataAsync(
            "mutation($input: StartCompletionInput!) { complete(input: $input) { completion { status } errors { code } } }", Input(conversation, "Be quick", null));
        Assert.Equal("COMPLETED", data.GetProperty("complete").GetProperty("completion").GetProperty("status").GetString());
    }

    private static object Input(string conversationId, string content, string? idempotencyKey) => new { input = new { conversationId, content, idempotencyKey } };

    private static async Task<(string? Id, string? Code)> StartAsync(HttpClient client, string conversation, string content, string? key)
    {
        var answer = await new GraphQLClient(client).RunAsync(Start, Input(conversation, content, key));
        return answer.Codes is [var code]
            ? (null, code)
            : (answer.Data.GetProperty("startCompletion").GetProperty("completion").GetProperty("id").GetString(), null);
    }
}
