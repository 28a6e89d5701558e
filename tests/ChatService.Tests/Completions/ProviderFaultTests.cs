using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Whatever the provider does wrong: the stated code and status, the text so far kept, and a next try that works.</summary>
public sealed class ProviderFaultTests(ProviderFaultTests.World world) : IClassFixture<ProviderFaultTests.World>
{
    private readonly ScriptedProvider _provider = world.Provider;
    private readonly Person _ada = world.Ada;
    private readonly int _earlier = world.Provider.Requests.Count;

    public static TheoryData<string> Faults => [.. ProviderFault.All.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_has_its_code_and_keeps_the_text(string name)
    {
        var fault = ProviderFault.All[name];
        var ada = world.AdaFor(fault);
        var conversation = await ada.CreateConversationAsync();
        Script(fault);
        var single = (await ada.CompleteAsync(conversation, "Why?", fault.Model)).GetProperty("completion");
        AssertFailed(single, fault);

        Script(fault);
        var started = (await ada.StartAsync(conversation, null, fault.Model)).GetProperty("completion").GetProperty("id").GetString()!;
        var watched = await ada.WatchAsync(started);
        Assert.Equal(fault.Text, watched.Text);
        AssertFailed(watched.Ended!.Value, fault);
        Assert.Equal(2 * fault.Replies.Length, _provider.Requests.Count - _earlier);

        _provider.Answer("Because", " so.").Usage(7, 3);
        var next = (await ada.CompleteAsync(conversation, null, "scripted")).GetProperty("completion");
        Assert.Equal("COMPLETED", next.GetProperty("status").GetString());
        Assert.Equal("Because so.", next.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal([("USER", "Why?"), ("ASSISTANT", "Because so.")], await ada.MessagesAsync(conversation));
        Assert.Equal([("user", "Why?")], _provider.Requests[^1].Messages);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_facade_gives_its_status_before_the_first_token_and_an_error_event_after_it(string name)
    {
        var fault = ProviderFault.All[name];
        var ada = world.AdaFor(fault);
        var conversation = await ada.CreateConversationAsync(model: fault.Model);
        var path = $"/conversations/{Person.NumberOf(conversation)}/messages:complete";
        Script(fault);
        using var single = await ada.Http.PostAsJsonAsync(path, new { stream = false, content = "Why?" });
        Assert.Equal((HttpStatusCode)fault.Status, single.StatusCode);
        Assert.Equal(fault.Code, (await single.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(fault.Status == 503, single.Headers.RetryAfter is not null);

        Script(fault);
        using var streamed = await ada.Http.PostForEventsAsync(path, JsonContent.Create(new { stream = true }));
        if (fault.Text == "")
        {
            Assert.Equal((HttpStatusCode)fault.Status, streamed.StatusCode);
            return;
        }

        Assert.Equal(HttpStatusCode.OK, streamed.StatusCode);
        var events = await EventStreamReader.ReadAsync(streamed).Select(item => JsonElement.Parse(item.Data)).ToListAsync();
        Assert.Equal(fault.Text, string.Concat(events[..^1].Select(e => e.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString())));
        Assert.Equal(fault.Code, events[^1].GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_passes_is_tried_once_more(int status)
    {
        _provider.Answer(Reply.Failure(status, "0"));
        _provider.Answer("There.");
        var completion = (await _ada.CompleteAsync(await _ada.CreateConversationAsync(), "Where?")).GetProperty("completion");
        Assert.Equal("COMPLETED", completion.GetProperty("status").GetString());
        Assert.Equal("There.", completion.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(2, _provider.Requests.Count - _earlier);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_answer_is_tried_once_more()
    {
        _provider.Answer(new Reply().Cut());
        _provider.Answer("There.");
        var completion = (await _ada.CompleteAsync(await _ada.CreateConversationAsync(), "Where?")).GetProperty("completion");
        Assert.Equal("There.", completion.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(2, _provider.Requests.Count - _earlier);
    }

    [Theory]
    [InlineData("stop", "STOP")]
    [InlineData("length", "LENGTH")]
    [InlineData("content_filter", "CONTENT_FILTER")]
    [InlineData("model_length", "OTHER")]
    [InlineData("tool_calls", "OTHER")]
    public async Task Reason_and_usage_are_never_lost(string said, string stored)
    {
        _provider.Answer("So far.").Finish(said).Usage(5, 2);
        var completion = (await _ada.CompleteAsync(await _ada.CreateConversationAsync(), "How far?")).GetProperty("completion");
        Assert.Equal("COMPLETED", completion.GetProperty("status").GetString());
        Assert.Equal(stored, completion.GetProperty("finishReason").GetString());
        Assert.Equal("So far.", completion.GetProperty("message").GetProperty("content").GetString());
        var usage = completion.GetProperty("usage");
        Assert.Equal((5, 2, false), (usage.GetProperty("inputTokens").GetInt32(), usage.GetProperty("outputTokens").GetInt32(), usage.GetProperty("estimated").GetBoolean()));
    }

    [Fact]
    public async Task Usage_that_never_comes_is_estimated()
    {
        _provider.Answer("Some words here.").NoUsage();
        var usage = (await _ada.CompleteAsync(await _ada.CreateConversationAsync(), "How many?")).GetProperty("completion").GetProperty("usage");
        Assert.True(usage.GetProperty("estimated").GetBoolean());
        Assert.True(usage.GetProperty("inputTokens").GetInt32() > 0 && usage.GetProperty("outputTokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Cancelling_hangs_up_on_the_provider_at_once()
    {
        var gate = new Gate();
        _provider.Answer("Once upon ").Wait(gate);
        var started = (await _ada.StartAsync(await _ada.CreateConversationAsync(), "Tell me.")).GetProperty("completion").GetProperty("id").GetString()!;
        await _ada.HearAsync(started, "Once upon ");
        var cancelled = (await _ada.CancelAsync(started)).GetProperty("completion");
        Assert.Equal("CANCELLED", cancelled.GetProperty("status").GetString());
        Assert.Equal("Once upon ", cancelled.GetProperty("message").GetProperty("content").GetString());
        Assert.True(await (await _provider.RequestAsync(_earlier + 1)).Aborted.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private void Script(ProviderFault fault)
    {
        foreach (var reply in fault.Replies) _provider.Answer(reply());
    }

    private static void AssertFailed(JsonElement completion, ProviderFault fault)
    {
        Assert.Equal("FAILED", completion.GetProperty("status").GetString());
        Assert.Equal(fault.Code, completion.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(fault.Text, completion.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("Why?", completion.GetProperty("question").GetProperty("content").GetString());
        Assert.Equal(JsonValueKind.Null, completion.GetProperty("finishReason").ValueKind);
    }

    /// <summary>The service with models that fail in every way: as it is shipped, and one with no patience for the faults that are a long silence.</summary>
    public sealed class World : IAsyncLifetime
    {
        private readonly Unreachable.Port _refusing = Unreachable.Refusing();
        private Unreachable.Port _hanging = null!;
        private readonly List<(TestDatabase Database, ChatApp App)> _services = [];
        // Each is in a hurry in one way only: another time could end first on a busy machine.
        private readonly Dictionary<string, Person> _impatient = [];

        public ScriptedProvider Provider { get; private set; } = null!;

        public Person Ada { get; private set; } = null!;

        public Person AdaFor(ProviderFault fault) => fault.Patience is { } time ? _impatient[time] : Ada;

        public async Task InitializeAsync()
        {
            _hanging = await Unreachable.HangingAsync();
            Provider = await ScriptedProvider.StartAsync();
            Ada = await StartAsync([]);
            foreach (var (time, length) in new[] { ("ConnectTimeout", "00:00:00.5"), ("FirstTokenTimeout", "00:00:03"), ("TokenTimeout", "00:00:02") })
                _impatient[time] = await StartAsync(new() { [$"Completions:{time}"] = length });
        }

        public async Task DisposeAsync()
        {
            Ada.Dispose();
            foreach (var ada in _impatient.Values) ada.Dispose();
            foreach (var (_, app) in _services) await app.DisposeAsync();
            await Provider.DisposeAsync();
            foreach (var (database, _) in _services) await database.DisposeAsync();
            _hanging.Dispose();
            _refusing.Dispose();
        }

        private async Task<Person> StartAsync(Dictionary<string, string?> settings)
        {
            (string Name, Uri Endpoint)[] unreachable =
            [
                ("refused", _refusing.Endpoint), ("unknown", Unreachable.UnknownHost), ("hanging", _hanging.Endpoint), ("tls", Unreachable.WithoutTls(Provider)),
            ];
            foreach (var (index, (name, endpoint)) in unreachable.Index())
            {
                settings[$"Completions:Models:{index + 1}:ModelId"] = name;
                settings[$"Completions:Models:{index + 1}:Endpoint"] = endpoint.AbsoluteUri;
            }

            var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
            var app = ChatApp.Start(database, Provider, settings);
            _services.Add((database, app));
            return await Person.SignUpAsync(app.Address, "ada");
        }
    }
}
