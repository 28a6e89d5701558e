using System.Threading.RateLimiting;
using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>Lets a user search a few times at once: a search may take the database a second, and one operation can ask for thirty.</summary>
public sealed class SearchTurns(IOptions<TrafficLimits> options, LimitTelemetry telemetry) : IDisposable
{
    private const int Waiting = 100;

    private static readonly ChatError _tooMany = new(ErrorCode.Overloaded, "Too many of your searches wait. Try again.", RetryAfter: TimeSpan.FromSeconds(1));

    private readonly PartitionedRateLimiter<long> _limiter = PartitionedRateLimiter.Create<long, long>(user => options.Value.Enabled
        ? RateLimitPartition.GetConcurrencyLimiter(user, _ => new() { PermitLimit = options.Value.SearchesAtOncePerUser, QueueLimit = Waiting })
        : RateLimitPartition.GetNoLimiter(user));

    /// <returns>The turn, to be disposed of when the search has ended.</returns>
    /// <exception cref="FieldError">OVERLOADED: too many wait.</exception>
    public async ValueTask<IDisposable> WaitAsync(long user, CancellationToken ct)
    {
        var turn = await _limiter.AcquireAsync(user, 1, ct);
        if (turn.IsAcquired) return turn;
        turn.Dispose();
        telemetry.Hit("searches");
        throw new FieldError(_tooMany);
    }

    public void Dispose() => _limiter.Dispose();
}
