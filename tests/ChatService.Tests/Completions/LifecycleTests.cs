using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresLifecycleTests() : LifecycleTests(DatabaseKind.Postgres);

public sealed class SqliteLifecycleTests() : LifecycleTests(DatabaseKind.Sqlite);

/// <summary>The process stopped or killed while it answers.</summary>
public abstract class LifecycleTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> _settings = new() { ["Completions:FlushInterval"] = "00:00:00.05" };

    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Killed_it_comes_back_with_the_question_and_the_text_so_far()
    {
        var gate = new Gate();
        _provider.Answer(Reply.Of("Once ", "upon ").Wait(gate));
        string conversation, started;
        Person ada;
        var settings = new Dictionary<string, string?>(_settings)
        {
            // SQLite has one process, so that what another one left needs no lease to run out.
            ["Completions:Lease"] = kind == DatabaseKind.Sqlite ? "01:00:00" : "00:00:05",
            ["Completions:LeaseRenewal"] = "00:00:00.2",
        };
        await using (var first = await ChatProcess.StartAsync(_database, _provider, settings))
        {
            ada = await Person.SignUpAsync(first.Address, "ada");
            conversation = await ada.CreateConversationAsync("Tales");
            started = (await ada.StartAsync(conversation, "Tell me.", key: "tale")).GetProperty("completion").GetProperty("id").GetString()!;
            await Eventually.HoldsAsync(() => IsStoredAsync("Once upon "));
            await first.KillAsync();
        }

        await using var second = await ChatProcess.StartAsync(_database, _provider, settings);
        using var again = ada.At(second.Address);
        ada.Dispose();
        var watched = await again.WatchAsync(started).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(("INTERRUPTED", "Once upon "), (watched.Status, watched.Text));
        Assert.Equal([("USER", "Tell me."), ("ASSISTANT", "Once upon ")], await again.MessagesAsync(conversation));

        _provider.Answer("There was an owl.");
        var next = (await again.CompleteAsync(conversation, "Tell me.", key: "tale")).GetProperty("completion");
        Assert.Equal("COMPLETED", next.GetProperty("status").GetString());
        Assert.Equal([("USER", "Tell me."), ("ASSISTANT", "There was an owl.")], await again.MessagesAsync(conversation));
        Assert.Equal("Once upon ", next.GetProperty("message").GetProperty("alternatives")[0].GetProperty("content").GetString());
        Assert.Equal(2, _provider.Requests.Count);
    }

    [Fact]
    public async Task Stopped_it_lets_an_answer_finish()
    {
        var gate = new Gate();
        _provider.Answer(Reply.Of("Almost ").Wait(gate).Text("done."));
        await using var service = await StartAsync(drain: "00:00:20");
        using var ada = await Person.SignUpAsync(service.Address, "ada");
        var conversation = await ada.CreateConversationAsync("Tales");
        var started = (await ada.StartAsync(conversation, "Tell me.")).GetProperty("completion").GetProperty("id").GetString()!;
        await using var events = ada.EventsAsync(started).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await gate.Reached;
        await service.SignalAsync("TERM");
        // The port stays open for those who do not know yet.
        await Eventually.HoldsAsync(async () => (await AskForHealthAsync(service)).Contains("\"process\":\"unhealthy\"", StringComparison.Ordinal));
        using (var http = service.CreateClient())
        using (var refused = await http.PostAsJsonAsync("/users", new { username = "grace", password = "correct horse" }))
        {
            // Who asks again finds another instance.
            Assert.True(refused.Headers.ConnectionClose);
            Assert.Contains("SHUTTING_DOWN", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        gate.Open();
        var ended = await EndAsync(events);
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        Assert.Equal("Almost done.", ended.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(0, await service.ExitAsync().WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Stopped_it_keeps_what_cannot_finish_as_interrupted()
    {
        var gate = new Gate();
        _provider.Answer(Reply.Of("Never ").Wait(gate));
        await using var service = await StartAsync(drain: "00:00:01");
        using var ada = await Person.SignUpAsync(service.Address, "ada");
        var conversation = await ada.CreateConversationAsync("Tales");
        var started = (await ada.StartAsync(conversation, "Tell me.")).GetProperty("completion").GetProperty("id").GetString()!;
        await using var events = ada.EventsAsync(started).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await gate.Reached;
        await service.SignalAsync("TERM");
        Assert.Equal("INTERRUPTED", (await EndAsync(events)).GetProperty("status").GetString());
        Assert.Equal(0, await service.ExitAsync().WaitAsync(TimeSpan.FromSeconds(60)));

        await using var second = await ChatProcess.StartAsync(_database, _provider, _settings);
        using var again = ada.At(second.Address);
        var stored = await again.FindCompletionAsync(started);
        Assert.Equal("INTERRUPTED", stored.GetProperty("status").GetString());
        Assert.Equal("Never ", stored.GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Idle_it_stops_at_once()
    {
        await using var service = await StartAsync(drain: "00:01:00", streams: "00:01:00");
        var clock = Stopwatch.StartNew();
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync());
        // One second is promised, and one that waits for nothing takes a minute; the machine of the tests is a slow one.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(45));
    }

    /// <param name="drain">What running answers get to finish.</param>
    /// <param name="streams">What streams get to end after that; they end with their answers.</param>
    private Task<ChatProcess> StartAsync(string drain, string streams = "00:00:20") => ChatProcess.StartAsync(
        _database, _provider, new Dictionary<string, string?>(_settings) { ["Completions:DrainTimeout"] = drain, ["Transport:DrainTime"] = streams });

    /// <summary>On a connection of its own.</summary>
    private static async Task<string> AskForHealthAsync(ChatProcess service)
    {
        using var http = service.CreateClient();
        using var answer = await http.GetAsync("/health/ready");
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<JsonElement> EndAsync(IAsyncEnumerator<JsonElement> events)
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)))
        {
            if (events.Current.GetProperty("data").GetProperty("completionEvents").TryGetProperty("completion", out var ended)) return ended;
        }

        throw new InvalidOperationException("The stream ended without an end.");
    }

    private async Task<bool> IsStoredAsync(string text)
    {
        await using var db = Tables.Open(_database);
        return string.Concat(await db.CompletionTexts.OrderBy(t => t.Offset).Select(t => t.Content).ToListAsync()) == text;
    }
}
