using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Bounds the text of messages that answers hold, from its reading until it is written: that of one operation, of one caller, and all. What
/// an answer says tells too late, since a message is read whole for its id alone.
/// </summary>
public sealed class TextLimits
{
    private const int Little = 64 * 1024;

    private readonly HeldBytes _texts;
    private readonly int _longest;

    public TextLimits(IOptions<TrafficLimits> limits, IOptions<TransportOptions> transport, LimitTelemetry telemetry)
    {
        _texts = new HeldBytes(limits.Value.TextBytesPerCaller, limits.Value.TextBytes, Little, () => telemetry.Hit("texts"));
        _longest = transport.Value.MaxAnswerLength;
    }

    /// <summary>Bytes that are held now.</summary>
    public long Held => _texts.InAll;

    /// <param name="caller">Whose operation it is.</param>
    /// <param name="stop">Cancelled where it reads too much.</param>
    internal TextHold Open(Caller caller, CancellationTokenSource stop) => new(_texts, caller.UserId is { } user ? $"user {user}" : caller.Address, _longest, stop);
}

/// <summary>The text that one operation has read, or one event of a stream, until it is written.</summary>
internal sealed class TextHold(HeldBytes texts, string caller, int longest, CancellationTokenSource stop) : IDisposable
{
    private readonly Lock _lock = new();
    private HeldBytes.Place _place = texts.Open(caller);
    private long _length;
    private bool _isSealed;

    /// <summary>Whether one operation reads more than an answer may say.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Whether there is no room for it beside what else is held.</summary>
    public bool IsTooMuch { get; private set; }

    /// <summary>From here on, what is read in this flow counts.</summary>
    public void Listen() => TextMeter.Listen(Add);

    /// <summary>Nothing more is read. What has been is held until the answer is written.</summary>
    public void Seal()
    {
        lock (_lock) _isSealed = true;
    }

    /// <summary>What was read is written; the next event begins anew.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _place.GiveBack();
            (_place, _length) = (texts.Open(caller), 0);
        }
    }

    public void Dispose()
    {
        Seal();
        _place.GiveBack();
    }

    /// <exception cref="OperationCanceledException">It is too much, and the operation is over.</exception>
    private void Add(int length)
    {
        lock (_lock)
        {
            if (_isSealed) return;
            _length += length;
            IsTooLong |= _length > longest;
            IsTooMuch |= !IsTooLong && !_place.TryGrow(sizeof(char) * _length);
            if (!IsTooLong && !IsTooMuch) return;
            // Not here: what is called back may wait for others that read.
            _ = stop.CancelAsync();
        }

        throw new OperationCanceledException(stop.Token);
    }
}
