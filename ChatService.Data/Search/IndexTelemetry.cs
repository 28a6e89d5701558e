using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ChatService.Data;

/// <summary>Tells how many messages wait for their vectors. They are counted now and then, and only where somebody collects the number.</summary>
public sealed class IndexTelemetry
{
    private const int Unknown = -1;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);
    private readonly ObservableGauge<int> _gauge;
    private volatile int _backlog = Unknown;
    private long _countedAt;

    public IndexTelemetry(IMeterFactory meters) => _gauge = meters.Create(Telemetry.DataName).CreateObservableGauge(
        "chat.index.backlog", () => _backlog is not Unknown and var counted ? new Measurement<int>[] { new(counted) } : [], "{message}",
        "Messages that wait for their vectors; 100,000 stands for that or more.");

    internal async Task RefreshAsync(EmbeddingQueue queue, CancellationToken ct)
    {
        if (!_gauge.Enabled || (_backlog != Unknown && Stopwatch.GetElapsedTime(_countedAt) < _interval)) return;
        _countedAt = Stopwatch.GetTimestamp();
        _backlog = await queue.CountAsync(ct);
    }
}
