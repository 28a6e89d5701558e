using System.Collections.Concurrent;
using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Everything that stays open: subscriptions, the sockets that carry them, and the wait for a whole answer. Knows how many there are, ends those
/// whose session has ended, and those that are still open when the time to drain is over.
/// </summary>
public sealed class OpenStreams : IDisposable
{
    /// <summary>What is said to whom there is no place for.</summary>
    internal static readonly Refused Full =
        Refused.Request(StatusCodes.Status429TooManyRequests, Codes.TooManyStreams, "Too many streams are open. Close one first.", TimeSpan.FromSeconds(1));

    private readonly ConcurrentDictionary<StreamLease, byte> _open = new();
    private readonly Dictionary<object, int> _counts = [];
    private readonly TrafficLimits _limits;
    private readonly LimitTelemetry _telemetry;
    private readonly CancellationTokenRegistration _stopping;
    private readonly ITimer _drain;
    private int _total;

    public OpenStreams(
        IOptions<TrafficLimits> limits, LimitTelemetry telemetry, IOptions<TransportOptions> options, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_limits, _telemetry) = (limits.Value, telemetry);
        var stopping = new OperationError(Codes.ShuttingDown, "The service is stopping. Connect again and resume.");
        _drain = time.CreateTimer(_ => End(_open.Keys, stopping), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stopping = lifetime.ApplicationStopping.Register(() => _drain.Change(options.Value.DrainTime, Timeout.InfiniteTimeSpan));
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _drain.Dispose();
    }

    /// <returns>Null if the caller, their address or the instance has too many.</returns>
    public StreamLease? TryOpen(Caller caller)
    {
        lock (_counts)
        {
            if (!HasPlace(caller)) return null;
            Count(caller, 1);
        }
        return Add(new StreamLease(caller, Close));

        void Close(StreamLease stream)
        {
            if (!_open.TryRemove(stream, out _))
                return;
            lock (_counts)
                Count(caller, -1);
        }
    }

    /// <summary>Whether one more would be let in now: for what is begun in order to be streamed.</summary>
    public bool HasRoom(Caller caller)
    {
        lock (_counts) return HasPlace(caller);
    }

    private bool HasPlace(Caller caller)
    {
        // The total is a size of the instance, whoever asks.
        var isFull = _total >= _limits.Streams
            || (_limits.Enabled && (_counts.GetValueOrDefault(caller.Address) >= _limits.StreamsPerAddress
                || (caller.UserId is { } user && _counts.GetValueOrDefault(user) >= _limits.StreamsPerUser)));
        if (isFull) _telemetry.Hit("streams");
        return !isFull;
    }

    /// <summary>Counts a socket for its address, from the handshake on and whoever will speak there.</summary>
    /// <returns>The place, to be disposed of; null if the address has too many.</returns>
    public IDisposable? TryConnect(Caller caller)
    {
        var key = (nameof(TrafficLimits.SocketsPerAddress), caller.Address);
        lock (_counts)
        {
            if (_limits.Enabled && _counts.GetValueOrDefault(key) >= _limits.SocketsPerAddress)
            {
                _telemetry.Hit("sockets");
                return null;
            }

            Count(key, 1);
        }
        return new SocketPlace(GiveBack);

        void GiveBack()
        {
            lock (_counts)
                Count(key, -1);
        }
    }

    /// <summary>Watches a socket, which is no stream and does not count as one.</summary>
    public StreamLease Watch(Caller caller) => Add(new StreamLease(caller, stream => _open.TryRemove(stream, out _)));

    /// <summary>The sessions that have something open.</summary>
    public IReadOnlyCollection<SessionKey> Sessions() => _open.Keys.Select(s => s.Session).OfType<SessionKey>().ToHashSet();

    /// <summary>Ends what belongs to sessions that were asked about and are not live.</summary>
    public void EndSessions(IReadOnlyCollection<SessionKey> asked, IReadOnlySet<SessionKey> live)
    {
        var ended = asked.Where(session => !live.Contains(session)).ToHashSet();
        if (ended.Count > 0)
            End(_open.Keys.Where(s => s.Session is { } session && ended.Contains(session)), BearerToken.Refusal.Errors[0]);
    }

    private static void End(IEnumerable<StreamLease> streams, OperationError reason)
    {
        foreach (var stream in streams)
            stream.Cut(reason);
    }

    private StreamLease Add(StreamLease stream)
    {
        _open[stream] = 0;
        return stream;
    }

    private void Count(Caller caller, int change)
    {
        _total += change;
        Count(caller.Address, change);
        if (caller.UserId is { } user)
            Count(user, change);
    }

    private void Count(object key, int change)
    {
        if (_counts.GetValueOrDefault(key) + change is > 0 and var count)
            _counts[key] = count;
        else
            _counts.Remove(key);
    }
}

/// <summary>A socket's place. Disposed of once, by whoever serves the socket.</summary>
internal sealed class SocketPlace(Action giveBack) : IDisposable
{
    public void Dispose() => giveBack();
}

/// <summary>One of them. Disposing it gives the place back.</summary>
public sealed class StreamLease(Caller caller, Action<StreamLease> close) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Fires when the service ends the stream.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it did.</summary>
    public OperationError? Reason { get; private set; }

    internal SessionKey? Session => caller is { UserId: { } owner, SessionHash: { } hash } ? new SessionKey(owner, hash) : null;

    // The source is not disposed: it holds no timer, and the sweep may still be about to cancel it.
    public void Dispose() => close(this);

    internal void Cut(OperationError reason)
    {
        Reason ??= reason;
        _ended.Cancel();
    }
}
