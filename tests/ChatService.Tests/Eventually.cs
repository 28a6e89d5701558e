using System.Diagnostics;

namespace ChatService.Tests;

/// <summary>For what no signal tells, and what the service does by itself and soon: asks until the answer is right, and fails when it takes too long.</summary>
public static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public static Task HoldsAsync(Func<Task<bool>> ask, TimeSpan? within = null) => GetAsync(ask, holds => holds, within);

    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isRight, TimeSpan? within = null)
    {
        var patience = within ?? _patience;
        for (var since = Stopwatch.StartNew(); ;)
        {
            var answer = await ask();
            if (isRight(answer)) return answer;
            Assert.True(since.Elapsed < patience, $"Still not right after {patience}: {answer}");
            await Task.Delay(_pause);
        }
    }
}
