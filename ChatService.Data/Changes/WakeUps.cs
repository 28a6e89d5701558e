using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace ChatService.Data;

/// <summary>What is waited for: an owner's feed, one completion, or a wish to cancel one.</summary>
public readonly record struct WakeKey(long Owner, long Completion)
{
    /// <summary>That somebody, somewhere, wants an answer stopped, or has given it up. There is no owner 0.</summary>
    public static readonly WakeKey Cancelled = new(0, 0);

    public static WakeKey Feed(long owner) => new(owner, 0);
}

/// <summary>
/// Wakes readers in this process. A wake-up carries nothing: whoever is woken reads the rows, from where it stands.
/// Listen before reading, or what is written in between is slept through.
/// </summary>
public sealed class WakeUps
{
    private const int MaximumForOthers = 10_000;

    private readonly ConcurrentDictionary<WakeKey, ImmutableArray<Listener>> _listeners = new();

    private readonly Channel<WakeKey> _forOthers = Channel.CreateBounded<WakeKey>(
        new BoundedChannelOptions(MaximumForOthers) { FullMode = BoundedChannelFullMode.DropWrite });

    public Listener Listen(WakeKey key)
    {
        var listener = new Listener(this, key);
        _listeners.AddOrUpdate(key, _ => [listener], (_, others) => others.Add(listener));
        return listener;
    }

    /// <summary>What is for other instances, too. When nobody takes them, the newest are dropped: theirs is the sweep.</summary>
    public ChannelReader<WakeKey> ForOthers => _forOthers.Reader;

    /// <summary>Wakes who listens in this process, and in the others a moment later.</summary>
    public void WakeAll(WakeKey key)
    {
        Wake(key);
        _forOthers.Writer.TryWrite(key);
    }

    /// <summary>Wakes who listens in this process.</summary>
    public void Wake(WakeKey key)
    {
        if (!_listeners.TryGetValue(key, out var listeners)) return;
        foreach (var listener in listeners) listener.Wake();
    }

    /// <summary>What is being listened for at this moment, each key once.</summary>
    public IReadOnlyCollection<WakeKey> Heard => (IReadOnlyCollection<WakeKey>)_listeners.Keys;

    private void Leave(Listener listener)
    {
        while (_listeners.TryGetValue(listener.Key, out var listeners))
        {
            var left = listeners.Remove(listener);
            if (left.IsEmpty
                ? _listeners.TryRemove(KeyValuePair.Create(listener.Key, listeners))
                : _listeners.TryUpdate(listener.Key, left, listeners))
                return;
        }
    }

    /// <summary>One reader's ear: any number of wake-ups between two waits count as one.</summary>
    public sealed class Listener(WakeUps owner, WakeKey key) : IDisposable
    {
        private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public WakeKey Key { get; } = key;

        public async ValueTask WaitAsync(CancellationToken ct) => await _woken.Reader.ReadAsync(ct);

        public void Dispose() => owner.Leave(this);

        internal void Wake() => _woken.Writer.TryWrite(true);
    }
}
