using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace ChatService.Tests;

/// <summary>Two processes on one PostgreSQL: what one makes, the other shows.</summary>
public sealed class TwoInstancesTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> _settings = new()
    {
        ["Completions:FlushInterval"] = "00:00:00.05",
        ["Completions:LeaseRenewal"] = "00:00:00.5",
    };

    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatProcess _maker = null!;
    private ChatProcess _other = null!;
    private Person _here = null!;
    private Person _there = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Postgres);
        _provider = await ScriptedProvider.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _here.Dispose();
        _there.Dispose();
        await _maker.DisposeAsync();
        await _other.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_is_watched_and_resumed_through_the_other()
    {
        await StartBothAsync();
        var (first, second) = (new Gate(), new Gate());
        _provider.Answer(Reply.Of("One ").Wait(first).Text("two ").Wait(second).Text("three."));
        var conversation = await _here.CreateConversationAsync("Counting");
        var started = await StartAsync(conversation);
        await using var events = _there.EventsAsync(started).GetAsyncEnumerator();
        Assert.Equal("One ", await NextTextAsync(events));
        first.Open();
        Assert.Equal("two ", await NextTextAsync(events));
        second.Open();
        var resumed = await _there.WatchAsync(started, after: 4).WaitAsync(TimeSpan.FromSeconds(45));
        Assert.Equal(("COMPLETED", "two three."), (resumed.Status, resumed.Text));
        Assert.Equal([("USER", "Go."), ("ASSISTANT", "One two three.")], await _there.MessagesAsync(conversation));
    }

    [Fact]
    public async Task An_answer_is_cancelled_through_the_other_without_waiting_for_the_sweep()
    {
        await StartBothAsync(sweep: "00:01:00");
        var gate = new Gate();
        _provider.Answer(Reply.Of("One ").Wait(gate));
        var started = await StartAsync(await _here.CreateConversationAsync("Counting"));
        await _there.HearAsync(started, "One ");
        var clock = Stopwatch.StartNew();
        var cancelled = (await _there.CancelAsync(started)).GetProperty("completion");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(45));
        Assert.Equal("CANCELLED", cancelled.GetProperty("status").GetString());
        Assert.Equal("One ", cancelled.GetProperty("message").GetProperty("content").GetString());
        Assert.True(await (await _provider.RequestAsync(1)).Aborted.WaitAsync(TimeSpan.FromSeconds(45)));
    }

    [Fact]
    public async Task An_answer_ends_with_its_conversation_or_user_through_the_other_without_waiting_for_the_sweep()
    {
        await StartBothAsync(sweep: "00:01:00");
        foreach (var _ in (int[])[1, 2]) _provider.Answer(Reply.Of("One ").Wait(new Gate()));
        var deleted = await _here.CreateConversationAsync("Counting");
        // With their first words stored, nothing more is heard from their providers.
        await _there.HearAsync(await StartAsync(deleted), "One ");
        await _there.HearAsync(await StartAsync(await _here.CreateConversationAsync("More")), "One ");
        var (first, second) = (await _provider.RequestAsync(1), await _provider.RequestAsync(2));

        await _there.GraphQL.DataAsync("mutation($id: ID!) { deleteConversation(input: { id: $id }) { errors { code } } }", new { id = deleted });
        Assert.True(await first.Aborted.WaitAsync(TimeSpan.FromSeconds(45)));
        Assert.False(second.Aborted.IsCompleted);
        await _there.GraphQL.DataAsync("mutation { deleteUser(input: { password: \"correct horse\" }) { errors { code } } }");
        Assert.True(await second.Aborted.WaitAsync(TimeSpan.FromSeconds(45)));
    }

    [Fact]
    public async Task Killing_the_maker_ends_it_for_who_watches_through_the_other()
    {
        await StartBothAsync(lease: "00:00:05");
        _provider.Answer(Reply.Of("One ").Wait(new Gate()));
        var conversation = await _here.CreateConversationAsync("Counting");
        var started = await StartAsync(conversation);
        await using var events = _there.EventsAsync(started).GetAsyncEnumerator();
        Assert.Equal("One ", await NextTextAsync(events));
        await _maker.KillAsync();
        var ended = (await NextAsync(events)).GetProperty("completion");
        Assert.Equal("INTERRUPTED", ended.GetProperty("status").GetString());
        Assert.Equal("One ", ended.GetProperty("message").GetProperty("content").GetString());
        _provider.Answer("All.");
        Assert.Equal("COMPLETED", (await _there.CompleteAsync(conversation, null)).GetProperty("completion").GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_feed_tells_what_the_other_wrote_even_when_the_wake_up_is_lost()
    {
        await StartBothAsync();
        var after = (await _there.GraphQL.DataAsync("{ changeCursor }")).GetProperty("changeCursor").GetString();
        await using var feed = _there.SubscribeAsync(
            "subscription($after: String) { changes(after: $after) { kind conversation { title } } }", new { after }).GetAsyncEnumerator();
        var next = feed.MoveNextAsync().AsTask();
        foreach (var title in (string[])["Heard", "Unheard"])
        {
            // Whoever listens loses the connection, and the wake-ups with it.
            if (title == "Unheard") await StopListeningAsync();
            await _here.CreateConversationAsync(title);
            Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(45)));
            Assert.Equal(title, feed.Current.GetProperty("data").GetProperty("changes").GetProperty("conversation").GetProperty("title").GetString());
            next = feed.MoveNextAsync().AsTask();
        }

        await _other.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => next);
    }

    private async Task StartBothAsync(string sweep = "00:00:01", string lease = "00:01:00")
    {
        var settings = new Dictionary<string, string?>(_settings) { ["Completions:Sweep"] = sweep, ["Completions:Lease"] = lease };
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ChatProcess.StartAsync(_database, _provider, settings)));
        (_maker, _other) = (both[0], both[1]);
        _here = await Person.SignUpAsync(_maker.Address, "ada");
        _there = _here.At(_other.Address);
    }

    private async Task<string> StartAsync(string conversation) =>
        (await _here.StartAsync(conversation, "Go.")).GetProperty("completion").GetProperty("id").GetString()!;

    private async Task StopListeningAsync()
    {
        await using var admin = NpgsqlDataSource.Create(_database.AdminConnectionString);
        const string listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";
        // One that has just lost its connection makes a new one.
        await using var count = admin.CreateCommand($"SELECT count(*) {listeners}");
        await Eventually.HoldsAsync(async () => await count.ExecuteScalarAsync() is 2L);
        await using var end = admin.CreateCommand($"SELECT count(pg_terminate_backend(pid)) {listeners}");
        Assert.Equal(2L, await end.ExecuteScalarAsync());
    }

    private static async Task<string?> NextTextAsync(IAsyncEnumerator<JsonElement> events) => (await NextAsync(events)).GetProperty("content").GetString();

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<JsonElement> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(45)));
        return events.Current.GetProperty("data").GetProperty("completionEvents");
    }
}
