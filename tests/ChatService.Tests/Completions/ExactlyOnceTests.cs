using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

public sealed class PostgresExactlyOnceTests() : ExactlyOnceTests(DatabaseKind.Postgres);

public sealed class SqliteExactlyOnceTests() : ExactlyOnceTests(DatabaseKind.Sqlite);

/// <summary>One key, one effect; and the values that a completion was started with stay.</summary>
public abstract class ExactlyOnceTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);
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
            ["Changes:PurgeInterval"] = "00:00:00.1",
            ["Security:SessionIdleTimeout"] = "7.00:00:00",
            ["Completions:Models:1:Name"] = "small",
            ["Completions:Models:1:ModelId"] = "tiny-1",
            ["Completions:Models:1:Endpoint"] = _provider.Endpoint.AbsoluteUri,
            ["Completions:Models:1:ContextTokens"] = "256",
            ["Completions:Models:1:MaxOutputTokens"] = "64",
            ["Completions:Models:1:MaxTokensField"] = "max_completion_tokens",
            ["Completions:Models:1:AsksForUsage"] = "false",
        };
        _app = ChatApp.Start(_database, _provider, settings, services: s => s.AddSingleton<TimeProvider>(_clock));
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
    public async Task Fifty_firsts_with_one_key_make_one_call()
    {
        var conversation = await _ada.CreateConversationAsync("Once");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _ada.CompleteAsync(conversation, "Only once?", key: "one")));
        Assert.Single(answers.Select(a => a.GetProperty("completion").GetProperty("id").GetString()).Distinct());
        Assert.All(answers, a => Assert.Equal("COMPLETED", a.GetProperty("completion").GetProperty("status").GetString()));
        Assert.Single(answers, a => !a.GetProperty("replayed").GetBoolean());
        Assert.Single(_provider.Requests);
        Assert.Equal([("USER", "Only once?"), ("ASSISTANT", "Only once?")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task The_facade_replays_single_and_streamed()
    {
        var conversation = await _ada.CreateConversationAsync("Once");
        var path = $"/conversations/{Person.NumberOf(conversation)}/messages:complete";
        var first = await SendAsync(_ada, path, new { stream = false, content = "Say it." }, "key");
        var again = await SendAsync(_ada, path, new { stream = false, content = "Say it." }, "key");
        Assert.Equal((200, false), (first.Status, first.Replayed));
        Assert.Equal(first with { Replayed = true }, again);

        var streamed = await SendAsync(_ada, path, new { stream = true, content = "Say it." }, "key");
        Assert.Equal((200, true), (streamed.Status, streamed.Replayed));
        Assert.Contains("[DONE]", streamed.Body, StringComparison.Ordinal);
        Assert.Single(_provider.Requests);

        await AssertConflictAsync(path, new { stream = false, content = "Something else." });
    }

    [Fact]
    public async Task The_facade_replays_messages_and_conversations_and_each_user_and_operation_has_its_own_keys()
    {
        using var eve = await Person.SignUpAsync(_app.Address, "eve");
        var conversation = await _ada.CreateConversationAsync("Once");
        var messages = MessagesOf(conversation);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(_ada, messages, new { content = "Once." }, "key")));
        var first = Assert.Single(answers, a => !a.Replayed);
        Assert.Equal(201, first.Status);
        Assert.All(answers, a => Assert.Equal(first with { Replayed = a.Replayed }, a));
        await AssertConflictAsync(messages, new { content = "Twice." });
        Assert.Equal([("USER", "Once.")], await _ada.MessagesAsync(conversation));

        var me = (await _ada.GraphQL.DataAsync("{ me { databaseId } }")).GetProperty("me").GetProperty("databaseId").GetInt64();
        var opened = await SendAsync(_ada, "/conversations", new { title = "Opened", user_id = me }, "key");
        Assert.Equal((201, false), (opened.Status, opened.Replayed));
        Assert.NotNull(opened.Location);
        Assert.Equal(opened with { Replayed = true }, await SendAsync(_ada, "/conversations", new { title = "Opened", user_id = me }, "key"));
        await AssertConflictAsync("/conversations", new { title = "Other", user_id = me });

        var hers = await SendAsync(eve, MessagesOf(await eve.CreateConversationAsync("Hers")), new { content = "Once." }, "key");
        Assert.Equal((201, false), (hers.Status, hers.Replayed));
        Assert.NotEqual(first.Body, hers.Body);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_two_days_and_not_before()
    {
        var messages = MessagesOf(await _ada.CreateConversationAsync("Once"));
        Assert.Equal(201, (await SendAsync(_ada, messages, new { content = "Old." }, "old")).Status);
        _clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(201, (await SendAsync(_ada, messages, new { content = "Newer." }, "newer")).Status);
        _clock.Advance(TimeSpan.FromHours(46));
        await Eventually.GetAsync(KeysAsync, keys => keys is ["newer"]);
        Assert.True((await SendAsync(_ada, messages, new { content = "Newer." }, "newer")).Replayed);
        var renewed = await SendAsync(_ada, messages, new { content = "Something else." }, "old");
        Assert.Equal((201, false), (renewed.Status, renewed.Replayed));
    }

    [Fact]
    public async Task A_key_whose_completion_failed_makes_a_new_try()
    {
        var conversation = await _ada.CreateConversationAsync("Twice");
        _provider.Answer(Reply.Failure(400));
        Assert.Equal("FAILED", (await _ada.CompleteAsync(conversation, "Why?", key: "k")).GetProperty("completion").GetProperty("status").GetString());
        Assert.Equal("COMPLETED", (await _ada.CompleteAsync(conversation, "Why?", key: "k")).GetProperty("completion").GetProperty("status").GetString());
        Assert.Equal([("USER", "Why?"), ("ASSISTANT", "Why?")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task Models_are_listed_chosen_and_frozen()
    {
        var models = (await _ada.GraphQL.DataAsync("{ models { name contextTokens isDefault } }")).GetProperty("models");
        Assert.Equal(["scripted", "small"], models.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.Equal([true, false], models.EnumerateArray().Select(m => m.GetProperty("isDefault").GetBoolean()));

        var conversation = await _ada.CreateConversationAsync("Small", model: "small");
        var completion = (await _ada.CompleteAsync(conversation, "Which?")).GetProperty("completion");
        Assert.Equal("small", completion.GetProperty("model").GetString());
        Assert.True(completion.GetProperty("usage").GetProperty("estimated").GetBoolean());
        Assert.Equal("tiny-1", _provider.Requests[^1].Model);
        Assert.Equal(64, _provider.Requests[^1].Body.GetProperty("max_completion_tokens").GetInt32());
        Assert.False(_provider.Requests[^1].Body.TryGetProperty("stream_options", out _));

        var other = (await _ada.CompleteAsync(conversation, "And now?", model: "scripted")).GetProperty("completion");
        Assert.Equal("scripted", other.GetProperty("model").GetString());
        Assert.Equal(2_048, _provider.Requests[^1].Body.GetProperty("max_tokens").GetInt32());
        Assert.Equal("small", (await _ada.FindCompletionAsync(completion.GetProperty("id").GetString()!)).GetProperty("model").GetString());

        var refused = await _ada.CompleteAsync(conversation, "Which?", model: "huge");
        Assert.Equal("MODEL_NOT_ALLOWED", refused.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal(4, (await _ada.MessagesAsync(conversation)).Count);
    }

    [Fact]
    public async Task What_does_not_fit_is_dropped_and_counted_and_a_question_alone_must_fit()
    {
        var conversation = await _ada.CreateConversationAsync("Long", model: "small", systemPrompt: "Be brief.");
        for (var i = 0; i < 4; i++)
        {
            _provider.Answer("Yes.");
            await _ada.CompleteAsync(conversation, $"{i}: {new string('a', 200)}");
        }

        var sent = _provider.Requests[^1].Messages;
        Assert.Equal(("system", "Be brief."), sent[0]);
        Assert.StartsWith("3: ", sent[^1].Content, StringComparison.Ordinal);
        var data = await _ada.GraphQL.DataAsync(
            "query($id: ID!) { conversation(id: $id) { messages(last: 1) { nodes { completion { context { messageCount droppedCount estimatedTokens } } } } } }", new { id = conversation });
        var context = data.GetProperty("conversation").GetProperty("messages").GetProperty("nodes")[0].GetProperty("completion").GetProperty("context");
        Assert.Equal(sent.Count, context.GetProperty("messageCount").GetInt32());
        Assert.Equal(8 - sent.Count, context.GetProperty("droppedCount").GetInt32());
        Assert.InRange(context.GetProperty("estimatedTokens").GetInt32(), 1, 256 - 64);

        var before = (await _ada.MessagesAsync(conversation)).Count;
        var refused = await _ada.CompleteAsync(conversation, new string('b', 2_000));
        Assert.Equal("CONTEXT_OVERFLOW", refused.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal(before, (await _ada.MessagesAsync(conversation)).Count);
        Assert.Equal(4, _provider.Requests.Count);
    }

    private static string MessagesOf(string conversation) => $"/conversations/{Person.NumberOf(conversation)}/messages";

    private async Task<IReadOnlyList<string>> KeysAsync()
    {
        await using var db = Tables.Open(_database);
        return await db.IdempotencyKeys.Select(k => k.Key).ToListAsync();
    }

    private async Task AssertConflictAsync(string path, object body)
    {
        var answer = await SendAsync(_ada, path, body, "key");
        Assert.Equal((422, false), (answer.Status, answer.Replayed));
        Assert.Contains("IDEMPOTENCY_CONFLICT", answer.Body, StringComparison.Ordinal);
    }

    private static async Task<Answer> SendAsync(Person person, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await person.Http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, response.Headers.Contains("Idempotent-Replayed"), await response.Content.ReadAsStringAsync(), response.Headers.Location);
    }

    private sealed record Answer(int Status, bool Replayed, string Body, Uri? Location);
}
