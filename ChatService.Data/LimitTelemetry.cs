using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace ChatService.Data;

/// <summary>Counts what limits refuse, and logs it: of each limit a line a second at most, so that a flood does not fill a disk.</summary>
public sealed partial class LimitTelemetry(IMeterFactory meters, TimeProvider time, ILogger<LimitTelemetry> logger)
{
    private readonly Counter<long> _hit = meters.Create(Telemetry.DataName).CreateCounter<long>(Telemetry.LimitsHit, "{refusal}", "Requests that a limit refused.");
    private readonly ConcurrentDictionary<string, Refusals> _unsaid = new();

    /// <param name="limit">Which one, by a word of the code and never of a caller: <c>streams</c>.</param>
    public void Hit(string limit)
    {
        _hit.Add(1, new KeyValuePair<string, object?>("chat.limit", limit));
        if (_unsaid.GetOrAdd(limit, _ => new Refusals()).Add(time.GetUtcNow().UtcTicks) is var count and > 0) LogHit(limit, count);
    }

    [LoggerMessage(EventId = 4, EventName = "limit", Level = LogLevel.Warning, Message = "The limit of {Limit} was hit, {Refusals} times since it was last said")]
    private partial void LogHit(string limit, long refusals);

    private sealed class Refusals
    {
        private readonly Lock _lock = new();
        private long _count;
        private long _saidAt;

        /// <returns>How many to tell of now; 0 while the last line is too young.</returns>
        public long Add(long now)
        {
            lock (_lock)
            {
                _count++;
                if (Math.Abs(now - _saidAt) < TimeSpan.TicksPerSecond) return 0;
                var count = _count;
                (_count, _saidAt) = (0, now);
                return count;
            }
        }
    }
}
