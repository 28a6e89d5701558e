using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>The places for answers that are made at once, and what a stopping service does with them.</summary>
internal sealed class CompletionSlots(IOptions<CompletionOptions> options, CompletionTelemetry telemetry, TimeProvider time) : IDisposable
{
    private static readonly ChatError _overloaded =
        new(ErrorCode.Overloaded, "Too many answers are being made at once.", RetryAfter: TimeSpan.FromSeconds(2));

    private static readonly ChatError _stopping = new(ErrorCode.ShuttingDown, "The service is stopping.", RetryAfter: TimeSpan.FromSeconds(5));

    private readonly SemaphoreSlim _free = new(options.Value.MaximumRunning);
    private int _taken;
    private volatile bool _isStopping;

    /// <summary>Whether no place is given any more.</summary>
    public bool IsStopping => _isStopping;

    /// <returns>Null if there was one; else OVERLOADED or SHUTTING_DOWN.</returns>
    public ChatError? Take()
    {
        if (_isStopping) return _stopping;
        if (_free.Wait(0)) return null;
        telemetry.LimitHit();
        return _overloaded;
    }

    /// <summary>Whether there is a place, which stays.</summary>
    /// <returns>As <see cref="Take"/>.</returns>
    public ChatError? Peek()
    {
        if (_isStopping) return _stopping;
        if (_free.CurrentCount > 0) return null;
        telemetry.LimitHit();
        return _overloaded;
    }

    public void GiveBack() => _free.Release();

    public void Stop() => _isStopping = true;

    /// <summary>Takes all of the places: then nothing runs any more, and nothing is about to. Called again, it goes on with those that are left.</summary>
    public async Task TakeAllAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within, time);
        try
        {
            for (; _taken < options.Value.MaximumRunning; _taken++) await _free.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // What still runs is for whoever asked.
        }
    }

    public void Dispose() => _free.Dispose();
}
