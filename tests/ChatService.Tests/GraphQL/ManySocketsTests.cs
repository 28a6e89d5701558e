using System.Runtime.Versioning;
using System.Text.Json;
using Xunit.Abstractions;

namespace ChatService.Tests;

/// <summary>What open sockets cost the process, and that they leave nothing behind. Linux tells how many files a process has open.</summary>
[Collection(Alone.Name)]
[SupportedOSPlatform("linux")]
public sealed class ManySocketsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ChatProcess _service = null!;
    private Person _ada = null!;
    private string _cursor = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _service = await ChatProcess.StartAsync(_database, settings: new Dictionary<string, string?> { ["Limits:Enabled"] = "false" });
        _ada = await Person.SignUpAsync(_service.Address, "ada");
        _cursor = (await _ada.GraphQL.DataAsync("{ changeCursor }")).GetProperty("changeCursor").GetString()!;
        await _ada.CreateConversationAsync("what each of them hears first");
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _service.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_idle_subscriptions_take_at_most_100_MiB()
    {
        await LetComeAndGoAsync(50);
        var before = _service.Weight();

        List<Listener> listeners = [];
        foreach (var some in Enumerable.Range(0, 1_000).Chunk(50))
            listeners.AddRange(await Task.WhenAll(some.Select(_ => ListenAsync())));
        // More than it needs is given back in its own time.
        var after = await Eventually.GetAsync(() => Task.FromResult(_service.Weight()), weight => weight.Memory - before.Memory <= 100);
        await _ada.CreateConversationAsync("news");
        await Task.WhenAll(listeners.ConvertAll(listener => listener.HearAsync()));
        foreach (var listener in listeners) listener.Drop();

        output.WriteLine($"1,000 idle subscriptions on 1,000 sockets: {after.Memory - before.Memory:0} MiB above {before.Memory:0}, {after.Threads - before.Threads} threads");
        Assert.InRange(after.Files - before.Files, 900, 1_100);
    }

    [Fact]
    public async Task Sockets_that_come_and_go_leave_nothing_behind()
    {
        var rounds = TestRun.IsLong ? 100 : 4;
        // Connections to the database come with the load and stay.
        var atRest = _service.Weight().Files + 60;
        for (var round = 0; round < rounds; round++) await LetComeAndGoAsync(100);
        var before = await SettledAsync(atRest);

        // What they leave behind grows with each time; what awaits the collector is gone at one of them.
        var after = await Eventually.GetAsync(
            async () =>
            {
                for (var round = 0; round < rounds; round++) await LetComeAndGoAsync(100);
                return await SettledAsync(atRest);
            },
            weight => weight.Memory <= before.Memory + 40 && weight.Threads <= before.Threads + 20);
        output.WriteLine($"{rounds * 100} sockets, and as many again: memory {before.Memory:0} to {after.Memory:0} MiB, threads {before.Threads} to {after.Threads}, files {before.Files} to {after.Files}");
    }

    /// <summary>The server notices in its own time that somebody is gone.</summary>
    private Task<(double Memory, int Threads, int Files)> SettledAsync(int mostFiles) =>
        Eventually.GetAsync(() => Task.FromResult(_service.Weight()), weight => weight.Files <= mostFiles);

    /// <summary>So many at once, of which every other one is dropped and the rest say goodbye.</summary>
    private async Task LetComeAndGoAsync(int count)
    {
        foreach (var (i, listener) in (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ListenAsync()))).Index())
        {
            if (i % 2 == 0) listener.Drop();
            else await listener.LeaveAsync();
        }
    }

    /// <summary>A socket with a subscription that has begun and is idle.</summary>
    private async Task<Listener> ListenAsync()
    {
        var listener = new Listener(await GraphQLSocket.ConnectAsync(_service.Address, _ada.Token), _cursor);
        await listener.HearAsync();
        return listener;
    }

    private sealed class Listener(GraphQLSocket socket, string cursor)
    {
        private readonly IAsyncEnumerator<JsonElement> _changes =
            socket.SubscribeAsync("subscription($after: String) { changes(after: $after) { kind } }", new { after = cursor }).GetAsyncEnumerator();

        public async Task HearAsync() => Assert.True(await _changes.MoveNextAsync());

        /// <summary>As a lost network does.</summary>
        public void Drop() => socket.Abort();

        public async Task LeaveAsync()
        {
            await _changes.DisposeAsync();
            await socket.DisposeAsync();
        }
    }
}
