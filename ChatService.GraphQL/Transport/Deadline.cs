namespace ChatService.GraphQL;

/// <summary>The time that somebody has for one thing.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan patience, Action missed) : IAsyncDisposable
{
    private readonly ITimer _timer = time.CreateTimer(_ => missed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The time begins, anew if it had begun.</summary>
    public void Start() => _timer.Change(patience, Timeout.InfiniteTimeSpan);

    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
