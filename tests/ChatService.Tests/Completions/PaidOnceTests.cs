using System.Net;
using System.Net.Http.Json;

namespace ChatService.Tests;

public sealed class PostgresPaidOnceTests() : PaidOnceTests(DatabaseKind.Postgres);

public sealed class SqlitePaidOnceTests() : PaidOnceTests(DatabaseKind.Sqlite);

/// <summary>Where there is no place any more, and where a stop comes too late: nothing is begun in vain, and nothing whole is thrown away.</summary>
public abstract class PaidOnceTests(DatabaseKind kind) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Completions:MaximumRunning"] = "1",
            ["Limits:Enabled"] = "true",
            ["Limits:StreamsPerUser"] = "1",
        };
        _app = ChatApp.Start(_database, _provider, settings);
        _ada = await Person.SignUpAsync(_app.Address, "ada");
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_repeat_needs_no_place_of_its_own()
    {
        var gate = new Gate();
        _provider.Answer(Reply.Of("So ").Wait(gate).Text("be it."));
        var (one, two) = (await _ada.CreateConversationAsync("One"), await _ada.CreateConversationAsync("Two"));
        var first = IdOf(await _ada.StartAsync(one, "Well?", key: "first"));
        await gate.Reached;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(two));
        var repeated = await _ada.StartAsync(one, "Well?", key: "first");
        Assert.Equal((first, true), (IdOf(repeated), repeated.GetProperty("replayed").GetBoolean()));

        gate.Open();
        Assert.Equal("So be it.", (await _ada.WatchAsync(first)).Text);
        await Eventually.GetAsync(() => AskAsync(two), status => status == HttpStatusCode.OK);
        Assert.Equal(2, _provider.Requests.Count);
    }

    [Fact]
    public async Task A_key_stands_for_the_answer_that_was_there_whatever_is_written_since()
    {
        var conversation = await _ada.CreateConversationAsync("One");
        var answered = IdOf(await _ada.CompleteAsync(conversation, "Well?"));
        var first = await _ada.CompleteAsync(conversation, null, key: "again");
        Assert.Equal((answered, false), (IdOf(first), first.GetProperty("replayed").GetBoolean()));

        await _ada.GraphQL.DataAsync(
            "mutation($id: ID!) { createMessage(input: { conversationId: $id, content: \"And?\" }) { errors { code } } }", new { id = conversation });
        var repeated = await _ada.CompleteAsync(conversation, null, key: "again");
        Assert.Equal((answered, true), (IdOf(repeated), repeated.GetProperty("replayed").GetBoolean()));
        var other = await _ada.CompleteAsync(conversation, "Something else?", key: "again");
        Assert.Equal("IDEMPOTENCY_CONFLICT", other.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Single(_provider.Requests);

        // Another key asks anew.
        Assert.NotEqual(answered, IdOf(await _ada.CompleteAsync(conversation, null, key: "new")));
    }

    [Fact]
    public async Task What_is_to_be_waited_for_is_refused_before_it_is_begun()
    {
        var conversation = await _ada.CreateConversationAsync("One");
        using var feed = await _ada.Http.PostForEventsAsync("/graphql", JsonContent.Create(new { query = "subscription { changes { cursor } }" }));
        Assert.Equal(HttpStatusCode.OK, feed.StatusCode);
        foreach (var stream in new[] { true, false })
        {
            using var refused = await _ada.Http.PostAsJsonAsync($"/conversations/{Person.NumberOf(conversation)}/messages:complete", new { stream, content = "Well?" });
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("TOO_MANY_STREAMS", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(await _ada.MessagesAsync(conversation));
        Assert.Empty(_provider.Requests);
    }

    [Fact]
    public async Task A_stop_after_the_finish_reason_is_too_late()
    {
        var gate = new Gate();
        _provider.Answer(new Reply()
            .Raw("data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"scripted\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Whole.\"},\"finish_reason\":\"stop\"}]}\n\n")
            .Wait(gate).Stop());
        var conversation = await _ada.CreateConversationAsync("One");
        var started = IdOf(await _ada.StartAsync(conversation, "Well?"));
        await using (var events = _ada.EventsAsync(started).GetAsyncEnumerator())
            Assert.True(await events.MoveNextAsync());
        var ended = (await _ada.CancelAsync(started)).GetProperty("completion");
        Assert.Equal(("COMPLETED", "STOP"), (ended.GetProperty("status").GetString(), ended.GetProperty("finishReason").GetString()));
        Assert.Equal([("USER", "Well?"), ("ASSISTANT", "Whole.")], await _ada.MessagesAsync(conversation));
        gate.Open();
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_at_its_greatest_length()
    {
        var block = string.Concat(Enumerable.Repeat("so on ", 10_000));
        _provider.Answer(Reply.Of(Enumerable.Repeat(block, 20)));
        var conversation = await _ada.CreateConversationAsync("Long");
        var ended = (await _ada.CompleteAsync(conversation, "Go on.")).GetProperty("completion");
        Assert.Equal(("COMPLETED", "LENGTH"), (ended.GetProperty("status").GetString(), ended.GetProperty("finishReason").GetString()));
        Assert.Equal(18 * block.Length, ended.GetProperty("message").GetProperty("content").GetString()!.Length);
    }

    private static string IdOf(System.Text.Json.JsonElement payload) => payload.GetProperty("completion").GetProperty("id").GetString()!;

    private async Task<HttpStatusCode> AskAsync(string conversation)
    {
        using var answer = await _ada.Http.PostAsJsonAsync($"/conversations/{Person.NumberOf(conversation)}/messages:complete", new { stream = false, content = "And this?" });
        return answer.StatusCode;
    }
}
