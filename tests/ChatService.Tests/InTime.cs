using System.Diagnostics;

namespace ChatService.Tests;

/// <summary>
/// Promises of time on a machine that others slow down for seconds at a stretch: kept once, a promise is kept. What breaks it breaks it every time.
/// </summary>
internal static class InTime
{
    private const int Tries = 3;
    private static readonly TimeSpan _longestStretch = TimeSpan.FromSeconds(60);

    /// <summary>Tries until one was in time; fails after three and a minute.</summary>
    /// <param name="attempt">Does it, asserts all but the time, and tells how long it took.</param>
    public static async Task OnceAsync(TimeSpan promised, Func<Task<TimeSpan>> attempt)
    {
        var (kept, times) = await IsKeptAsync(promised, attempt);
        Assert.True(kept, $"Promised in {promised}, it took {string.Join(", ", times)}.");
    }

    public static async Task<(bool Kept, IReadOnlyList<TimeSpan> Times)> IsKeptAsync(TimeSpan promised, Func<Task<TimeSpan>> attempt)
    {
        var times = new List<TimeSpan>();
        for (var since = Stopwatch.StartNew(); times.Count < Tries || since.Elapsed < _longestStretch;)
        {
            times.Add(await attempt());
            if (times[^1] < promised) return (true, times);
        }

        return (false, times);
    }
}
