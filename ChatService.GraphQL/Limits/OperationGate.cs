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

    private readonly PartitionedRateLimiter<Caller> _limiter = Build(options.Value);

    private int _waiting;

    /// <summary>Whether one more would be refused: to be asked before its body is read.</summary>
    public bool IsFull => _limits.OperationsWaiting > 0 && Volatile.Read(ref _waiting) >= _limits.OperationsWaiting;

    /// <returns>The place, to be disposed of; null if there is none.</returns>
    public ValueTask<RateLimitLease?> EnterAsync(Caller caller, CancellationToken ct)
    {
        var lease = _limiter.AttemptAcquire(caller);
        return lease.IsAcquired ? new(lease) : WaitAsync(caller, ct);
    }

    /// <summary>What is said to whom there is no place for; it is counted.</summary>
    public Refused Refuse()
    {
        telemetry.Hit("operations");
        return Refusal;
    }

    public void Dispose() => _limiter.Dispose();

    private static PartitionedRateLimiter<Caller> Build(TrafficLimits limits)
    {
        var all = PartitionedRateLimiter.Create<Caller, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(
            true, _ => new() { PermitLimit = limits.OperationsAtOnce, QueueLimit = limits.OperationsWaiting }));
        if (!limits.Enabled) return all;
        var ofOne = PartitionedRateLimiter.Create<Caller, object>(caller => RateLimitPartition.GetConcurrencyLimiter<object>(
            caller.UserId is { } user ? user : caller.Address,
            _ => new() { PermitLimit = limits.OperationsAtOncePerCaller, QueueLimit = limits.OperationsWaitingPerCaller }));
        return PartitionedRateLimiter.CreateChained(ofOne, all);
    }

    private async ValueTask<RateLimitLease?> WaitAsync(Caller caller, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_limits.OperationPatience);
        Interlocked.Increment(ref _waiting);
        try
        {
            var lease = await _limiter.AcquireAsync(caller, 1, patience.Token);
            return lease.IsAcquired ? lease : null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
