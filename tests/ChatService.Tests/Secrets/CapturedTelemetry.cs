using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ChatService.Tests;

/// <summary>Reads along every trace and every measurement of this process: names and tags.</summary>
internal sealed class CapturedTelemetry : IDisposable
{
    private readonly ConcurrentDictionary<string, byte> _entries = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;

    public CapturedTelemetry()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Note(
                $"{activity.Source.Name} {activity.OperationName} {activity.DisplayName} {activity.StatusDescription}",
                activity.TagObjects.Concat(activity.Events.SelectMany(happened => happened.Tags.Prepend(new(happened.Name, null)))).Concat(activity.Baggage.Select(item => new KeyValuePair<string, object?>(item.Key, item.Value)))),
        };
        ActivitySource.AddActivityListener(_activities);
        _meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument.Name, tags.ToArray()));
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument.Name, tags.ToArray()));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument.Name, tags.ToArray()));
        _meters.Start();
    }

    public ICollection<string> Entries => _entries.Keys;

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    private void Note(string name, IEnumerable<KeyValuePair<string, object?>> tags) =>
        _entries.TryAdd($"{name} [{string.Join(", ", tags.Select(tag => $"{tag.Key}={tag.Value}"))}]", 0);
}
