using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>
/// How much one socket may send that is no operation: so many messages for nothing, and what comes on top counts as requests of its caller, since
/// it is read and mostly answered as they are. An operation brings its own end with it.
/// </summary>
internal sealed class SocketAllowance(RequestLimits limits, TrafficLimits traffic, int maxOperations, TimeProvider time)
{
    /// <summary>A longer message counts as several: a ping's payload goes back as it came.</summary>
    private const int BytesOfOne = 4 * 1024;

    private readonly TokenBuckets<byte> _free = new(traffic.SocketMessages, traffic.SocketMessageRefill, 1, time);
    private int _ends;

    /// <summary>An operation has begun; the client may say that it wants no more of it, also when that crosses its end.</summary>
    public void Began() => _ends = Math.Min(_ends + 1, maxOperations);

    /// <returns>False when it was one too many.</returns>
    public bool TakeEnd(Caller caller, int bytes)
    {
        if (_ends == 0) return Take(caller, bytes);
        _ends--;
        return true;
    }

    /// <inheritdoc cref="TakeEnd"/>
    public bool Take(Caller caller, int bytes)
    {
        if (!limits.AreOn) return true;
        for (var left = 1 + (bytes / BytesOfOne); left > 0; left--)
        {
            if (_free.Take(0) is not null && limits.Refuse(caller) is not null) return false;
        }

        return true;
    }
}
