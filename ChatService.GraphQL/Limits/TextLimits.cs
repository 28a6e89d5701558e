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
    public TextHold Open(Caller caller, CancellationTokenSource stop) => new(_texts, caller.UserId is { } user ? $"user {user}" : caller.Address, _longest, stop);
}
