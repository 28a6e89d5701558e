using System.Threading.RateLimiting;
using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Lets so many operations work at once and a bounded number wait, each for a bounded time. More than can be served are refused at once,
/// so that those which are let in end in time. A caller has a share of the places, so that nobody takes all.
/// </summary>
public sealed class OperationGate(IOptions<TrafficLimits> options, LimitTelemetry telemetry) : IDisposable
{
    /// <summary>What is said where there is too much to do.</summary>
    internal static readonly Refused Refusal =
        Refused.Request(StatusCodes.Status503ServiceUnavailable, Codes.Overloaded, "The service has too much to do. Try again.", TimeSpan.FromSeconds(1));

    private readonly TrafficLimits _limits = options.Value;

    private readonly ConcurrencyLimiter _all = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Value.OperationsAtOnce,
        QueueLimit = options.Value.OperationsWaiting,
    });

    private readonly PartitionedRateLimiter<Caller> _shares = PartitionedRateLimiter.Create<Caller, object>(caller => options.Value.Enabled
        ? RateLimitPartition.GetConcurrencyLimiter<object>(
            caller.UserId is { } user ? user : caller.Address,
            _ => new() { PermitLimit = options.Value.OperationsAtOncePerCaller, QueueLimit = options.Value.OperationsWaitingPerCaller })
        : RateLimitPartition.GetNoLimiter<object>(0));

    /// <summary>For a place among all; those who wait for their own share keep nobody out.</summary>
    private int _waiting;

    /// <summary>Whether one more would be refused: to be asked before its body is read.</summary>
    public bool IsFull => _limits.OperationsWaiting > 0 && Volatile.Read(ref _waiting) >= _limits.OperationsWaiting;

    /// <returns>The place, to be disposed of; null if there is none.</returns>
    public async ValueTask<IDisposable?> EnterAsync(Caller caller, CancellationToken ct)
    {
        using var patience = new Patience(_limits.OperationPatience, ct);
        var share = _shares.AttemptAcquire(caller);
        if (!share.IsAcquired) share = await patience.WaitAsync(token => _shares.AcquireAsync(caller, 1, token));
        if (share is not { IsAcquired: true }) return null;
        try
        {
            var place = _all.AttemptAcquire();
            if (!place.IsAcquired) place = await WaitAsync(patience);
            if (place is { IsAcquired: true }) return new Place(share, place);
        }
        catch
        {
            share.Dispose();
            throw;
        }

        share.Dispose();
        return null;
    }

    /// <summary>What is said to whom there is no place for; it is counted.</summary>
    public Refused Refuse()
    {
        telemetry.Hit("operations");
        return Refusal;
    }

    public void Dispose()
    {
        _shares.Dispose();
        _all.Dispose();
    }

    private async ValueTask<RateLimitLease?> WaitAsync(Patience patience)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            return await patience.WaitAsync(token => _all.AcquireAsync(1, token));
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Place(RateLimitLease share, RateLimitLease place) : IDisposable
    {
        public void Dispose()
        {
            place.Dispose();
            share.Dispose();
        }
    }

    /// <summary>How long one waits, for all that one waits for together. Without a wait it costs nothing.</summary>
    private sealed class Patience(TimeSpan time, CancellationToken ct) : IDisposable
    {
        private CancellationTokenSource? _end;

        /// <returns>Null when it is over.</returns>
        public async ValueTask<RateLimitLease?> WaitAsync(Func<CancellationToken, ValueTask<RateLimitLease>> wait)
        {
            if (_end is null)
            {
                _end = CancellationTokenSource.CreateLinkedTokenSource(ct);
                _end.CancelAfter(time);
            }

            try
            {
                return await wait(_end.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return null;
            }
        }

        public void Dispose() => _end?.Dispose();
    }
}
