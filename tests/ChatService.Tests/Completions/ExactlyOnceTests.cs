using System.Net.Http.Json;

namespace ChatService.Tests;

public sealed class PostgresExactlyOnceTests() : ExactlyOnceTests(DatabaseKind.Postgres);

public sealed class SqliteExactlyOnceTests() : ExactlyOnceTests(DatabaseKind.Sqlite);

/// <summary>One key, one effect; and the values that a completion was started with stay.</summary>
public abstract class ExactlyOnceTests(DatabaseKind kind) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
        _app = ChatApp.Start(_database, _provider, new Dictionary<string, string?>
        {
            ["Completions:Models:1:Name"] = "small",
            ["Completions:Models:1:ModelId"] = "tiny-1",
            ["Completions:Models:1:Endpoint"] = _provider.Endpoint.AbsoluteUri,
            ["Completions:Models:1:ContextTokens"] = "256",
            ["Completions:Models:1:MaxOutputTokens"] = "64",
            ["Completions:Models:1:MaxTokensField"] = "max_completion_tokens",
            ["Completions:Models:1:AsksForUsage"] = "false",
        });
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
        var first = await SendAsync(path, new { stream = false, content = "Say it." }, "key");
        var again = await SendAsync(path, new { stream = false, content = "Say it." }, "key");
        Assert.Equal((200, false), (first.Status, first.Replayed));
        Assert.Equal((200, true, first.Body), (again.Status, again.Replayed, again.Body));

        var streamed = await SendAsync(path, new { stream = true, content = "Say it." }, "key");
        Assert.Equal((200, true), (streamed.Status, streamed.Replayed));
        Assert.Contains("[DONE]", streamed.Body, StringComparison.Ordinal);
        Assert.Single(_provider.Requests);

        var conflict = await SendAsync(path, new { stream = false, content = "Something else." }, "key");
        Assert.Equal(422, conflict.Status);
        Assert.Contains("IDEMPOTENCY_CONFLICT", conflict.Body, StringComparison.Ordinal);
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

    private async Task<(int Status, bool Replayed, string Body)> SendAsync(string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await _ada.Http.SendAsync(request);
        return ((int)response.StatusCode, response.Headers.Contains("Idempotent-Replayed"), await response.Content.ReadAsStringAsync());
    }
}
