using System.Threading.RateLimiting;
using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Lets so many operations work at once and a bounded number wait, each for a bounded time. More than can be served are refused at once,
/// so that those which are let in end in time.
/// </summary>
public sealed class OperationGate(IOptions<TrafficLimits> options, LimitTelemetry telemetry) : IDisposable
{
    /// <summary>What is said where there is too much to do.</summary>
    internal static readonly Refused Refusal =
        Refused.Request(StatusCodes.Status503ServiceUnavailable, Codes.Overloaded, "The service has too much to do. Try again.", TimeSpan.FromSeconds(1));

    private readonly TrafficLimits _limits = options.Value;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Value.OperationsAtOnce,
        QueueLimit = options.Value.OperationsWaiting,
    });

    private int _waiting;

    /// <summary>Whether one more would be refused: to be asked before its body is read.</summary>
    public bool IsFull => _limits.OperationsWaiting > 0 && Volatile.Read(ref _waiting) >= _limits.OperationsWaiting;

    /// <returns>The place, to be disposed of; null if there is none.</returns>
    public ValueTask<RateLimitLease?> EnterAsync(CancellationToken ct)
    {
        var lease = _limiter.AttemptAcquire();
        return lease.IsAcquired ? new(lease) : WaitAsync(ct);
    }

    /// <summary>What is said to whom there is no place for; it is counted.</summary>
    public Refused Refuse()
    {
        telemetry.Hit("operations");
        return Refusal;
    }

    public void Dispose() => _limiter.Dispose();

    private async ValueTask<RateLimitLease?> WaitAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_limits.OperationPatience);
        Interlocked.Increment(ref _waiting);
        try
        {
            var lease = await _limiter.AcquireAsync(1, patience.Token);
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
