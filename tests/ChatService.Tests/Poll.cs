namespace ChatService.Tests;

/// <summary>Waits for what no signal tells, such as another process; fails when it takes too long.</summary>
public static class Poll
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? within = null)
    {
        using var timer = new PeriodicTimer(_interval);
        using var deadline = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(20));
        while (!await holds()) await timer.WaitForNextTickAsync(deadline.Token);
    }
}
