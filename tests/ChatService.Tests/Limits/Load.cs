using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChatService.Tests;

/// <summary>What one service is asked for, and what came of it.</summary>
internal sealed class Load(Func<int, Task<bool>> ask)
{
    private readonly ConcurrentBag<TimeSpan> _refusals = [];
    private int _asked;
    private int _served;

    public int Served => Volatile.Read(ref _served);

    public int Refused => _refusals.Count;

    public TimeSpan SlowestRefusal => _refusals.DefaultIfEmpty().Max();

    /// <summary>So many ask one after the other, and are served each time.</summary>
    public Task RunAsync(int workers, LoadWindow window) => Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
    {
        while (!window.IsOver)
        {
            Assert.True(await ask(Interlocked.Increment(ref _asked)));
            Interlocked.Increment(ref _served);
        }
    }));

    /// <summary>Asks at the given pace, whatever comes of it, as many independent callers do.</summary>
    /// <returns>How many were served within the window.</returns>
    public async Task<int> PourAsync(Func<int> due, LoadWindow window)
    {
        var asked = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!window.IsOver)
        {
            while (asked.Count < due()) asked.Add(OneAsync(asked.Count));
            await pace.WaitForNextTickAsync();
        }

        var within = Served;
        await Task.WhenAll(asked);
        return within;
    }

    private async Task OneAsync(int number)
    {
        var sent = Stopwatch.StartNew();
        if (await ask(number)) Interlocked.Increment(ref _served);
        else _refusals.Add(sent.Elapsed);
    }
}
