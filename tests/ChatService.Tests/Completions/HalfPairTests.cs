using ChatService.Data;

namespace ChatService.Tests;

public sealed class PostgresHalfPairTests() : HalfPairTests(DatabaseKind.Postgres);

public sealed class SqliteHalfPairTests() : HalfPairTests(DatabaseKind.Sqlite);

/// <summary>Watching from an offset that lies between the two halves of a character.</summary>
public abstract class HalfPairTests(DatabaseKind kind) : ProviderSuite(kind)
{
    [Fact]
    public async Task It_begins_with_the_whole_character_and_nothing_after_it_is_lost()
    {
        var gate = new Gate();
        Provider.Answer(Reply.Of("a😀").Wait(gate).Text("b").Text("c"));
        var ada = await SignUpAsync("Ada");
        var request = new CompletionRequest(await ConverseAsync(ada), "What?", false, false, null, null, null);
        var id = Success(await Host.Get<CompletionService>().StartAsync(ada, request, null, Ct)).Value.Id;

        await using var here = (await WatchAsync(Host)).GetAsyncEnumerator();
        Assert.Equal(new TextGrown("😀", 3), await NextAsync(here));
        if (Kind == DatabaseKind.Postgres)
        {
            // From the pieces that are stored.
            await using var other = await StartOtherAsync();
            await using var there = (await WatchAsync(other)).GetAsyncEnumerator();
            Assert.Equal(new TextGrown("😀", 3), await NextAsync(there));
        }

        gate.Open();
        var (text, end) = ("", 0);
        while (await NextAsync(here) is TextGrown grown) (text, end) = (text + grown.Content, grown.Offset);
        Assert.Equal(("bc", 5), (text, end));
        // From the message.
        Assert.Equal(new TextGrown("😀bc", 5), await (await WatchAsync(Host)).FirstAsync());

        async Task<IAsyncEnumerable<CompletionEvent>> WatchAsync(ServiceHost host) => Success(await host.Get<CompletionWatcher>().WatchAsync(ada, id, 2, Ct));
    }

    protected override Task StartAsync() => RestartAsync(Settings);

    private (string Key, string Value)[] Settings =>
    [
        ("Completions:Models:0:Endpoint", Provider.Endpoint.AbsoluteUri), ("Completions:Models:0:ModelId", "scripted"),
        ("Completions:FlushInterval", "00:00:00.02"), ("Completions:Sweep", "00:00:00.1"),
    ];

    private Task<ServiceHost> StartOtherAsync() => ServiceHost.StartAsync(Kind, Database.ConnectionString, Settings);

    private static async Task<CompletionEvent> NextAsync(IAsyncEnumerator<CompletionEvent> events)
    {
        Assert.True(await events.MoveNextAsync());
        return events.Current;
    }
}
