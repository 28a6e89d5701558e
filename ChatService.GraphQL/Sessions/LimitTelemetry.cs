using System.Diagnostics.Metrics;
using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Counts what limits refuse.</summary>
public sealed class LimitTelemetry(IMeterFactory meters)
{
    private readonly Counter<long> _hit =
        meters.Create(OperationTelemetry.Name).CreateCounter<long>(Telemetry.LimitsHit, "{refusal}", "Requests that a limit refused.");

    /// <param name="limit">Which one, by a word of the code and never of a caller: <c>streams</c>.</param>
    public void Hit(string limit) => _hit.Add(1, new KeyValuePair<string, object?>("chat.limit", limit));
}
