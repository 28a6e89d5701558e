using System.Runtime.CompilerServices;
using ChatService.Data;
using ChatService.GraphQL;
using GraphQL;
using GraphQL.DataLoader;

namespace ChatService.Tests;

/// <summary>What the resolvers below saw, for tests to wait for.</summary>
public sealed class Probe
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sources of subscriptions, and endless waits, that are open.</summary>
    public int Open { get; private set; }

    /// <summary>Items that readers have taken from a source.</summary>
    public int Taken { get; private set; }

    public int Mutations { get; set; }

    public int Readings { get; set; }

    public async IAsyncEnumerable<TickType> Ticks(int count, int size, [EnumeratorCancellation] CancellationToken ct)
    {
        Change(() => Open++);
        try
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                ct.ThrowIfCancellationRequested();
                Change(() => Taken++);
                yield return new TickType(i, new string('x', size));
            }
            if (count == 0)
                await Task.Delay(Timeout.Infinite, ct);
        }
        finally
        {
            Change(() => Open--);
        }
    }

    /// <summary>Is open until its caller is gone.</summary>
    public async Task HoldAsync(CancellationToken ct)
    {
        Change(() => Open++);
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        finally
        {
            Change(() => Open--);
        }
    }

    /// <summary>Waits for what a source does, a minute at most.</summary>
    public async Task UntilAsync(Func<Probe, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(this))
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(limit.Token);
        }
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            _changed.SetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

public sealed record TickType(int Number, string Text);

public sealed class ItemType(int number)
{
    public int Number => number;
    public string Name => $"item {number}";
    public DateTime Made => new DateTime(2026, 11, 22, 18, 19, 0, DateTimeKind.Utc).AddMicroseconds(number);
    public ItemType Self => this;
    public IEnumerable<ItemType> Others => [new(number + 1), new(number + 2)];
    public IEnumerable<ItemType> Neighbours(int count = 1) => Enumerable.Range(1, count).Select(i => new ItemType(number + i));
    public double? InfiniteOrNot => number < 0 ? 0 : double.NaN;
    public ConnectionType<ItemType> Items(int? first = null, int? last = null) => ProbeQuery.Page(first ?? last ?? Math.Max(50, number));
}

public class ProbeQuery
{
    public static string Hello(string name = "world") => $"hello {name}";

    public static string? Broken() => throw new InvalidOperationException("a secret of the server");

    public static int Needed([FromServices] CurrentUser me) => (int)me.Id;

    public static ItemType Item(int number = 1) => new(number);

    public static IEnumerable<ItemType> Nodes(IReadOnlyList<string> ids) => ids.Select((_, i) => new ItemType(i));

    public static ConnectionType<ItemType> Items(int? first = null, int? last = null) => Page(first ?? last ?? 50);

    public static int Read([FromServices] Probe probe) => ++probe.Readings;

    [ReadFirst]
    public static async Task<int> ReadingsAsync([FromServices] Probe probe)
    {
        await Task.Yield();
        return probe.Readings;
    }

    public static string Half() => "half \ud83d of a pair";

    public static async Task<string?> ForeverAsync(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        return null;
    }

    internal static ConnectionType<ItemType> Page(int size) => ConnectionType.From(
        new Page<int>([.. Enumerable.Range(0, size).Select(i => new Edge<int>($"c{i}", i))], true, false),
        number => new ItemType(number),
        () => Count(() => 1_000));

    internal static IDataLoaderResult<int> Count(Func<int> count) =>
        new BatchLoader<int, int>((keys, _) => Task.FromResult<IReadOnlyDictionary<int, int>>(keys.ToDictionary(key => key, _ => count()))).Load(0);
}

public class ProbeMutation
{
    public static int Add(int amount, [FromServices] Probe probe) => probe.Mutations += amount;

    public static string SignIn(string name) => name;

    /// <summary>Takes a while, or for ever.</summary>
    public static async Task<string> CompleteAsync([FromServices] Probe probe, CancellationToken ct, bool ends = true)
    {
        if (!ends) await probe.HoldAsync(ct);
        await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        return "whole";
    }
}

public class ProbeSubscription
{
    /// <summary>Counts; with 0 it stays silent for ever.</summary>
    public static Task<IAsyncEnumerable<TickType>> TicksAsync(
        [FromServices] Probe probe, CancellationToken ct, int times = 3, int size = 1) => Task.FromResult(probe.Ticks(times, size, ct));

    public static Task<IAsyncEnumerable<TickType>> RefusedAsync([FromServices] CurrentUser me)
        => throw new FieldError(ErrorCode.NotFound, $"Nothing for {me.IdOrNull}.");
}
