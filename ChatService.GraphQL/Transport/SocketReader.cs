using System.Buffers;
using System.Net.WebSockets;

namespace ChatService.GraphQL;

/// <summary>
/// Joins frames to messages. A socket that is silent holds no buffer, one that has begun a message must end it in time, and what it holds
/// meanwhile counts among the long bodies.
/// </summary>
internal sealed class SocketReader(WebSocket socket, int maxBytes, Deadline end, Func<HeldBytes.Place> open) : IDisposable
{
    private const int FrameBytes = 4_096;

    private HeldBytes.Place? _place;

    /// <summary>The text of the message that was read last, until the next is waited for.</summary>
    public ReadOnlyMemory<byte> Text { get; private set; }

    public void Dispose() => Forget();

    /// <summary>Waits for a message, and hands over what it was.</summary>
    public async Task<Kind> ReadAsync(CancellationToken ct)
    {
        Forget();
        try
        {
            // An empty read returns when something is there to be read.
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, ct);
            return first.MessageType == WebSocketMessageType.Close ? Kind.Closed
                : !first.EndOfMessage ? await JoinAsync(ct)
                : KindOf(first);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return Kind.Gone;
        }
    }

    private async Task<Kind> JoinAsync(CancellationToken ct)
    {
        var message = new ArrayBufferWriter<byte>(FrameBytes);
        var (length, isTimed, isHeld) = (0L, false, true);
        _place = open();
        while (true)
        {
            var reading = socket.ReceiveAsync(message.GetMemory(FrameBytes), ct);
            if (!isTimed && !reading.IsCompleted)
            {
                isTimed = true;
                end.Start();
            }
            var frame = await reading;
            if (frame.MessageType == WebSocketMessageType.Close)
                return Kind.Closed;
            length += frame.Count;
            // What is too long, or too much, is read to its end, or the client would never read why, but not kept.
            isHeld = isHeld && length <= maxBytes && _place.TryGrow(length);
            if (isHeld)
                message.Advance(frame.Count);
            if (!frame.EndOfMessage)
                continue;
            Text = message.WrittenMemory;
            if (isTimed)
                end.Stop();
            return length > maxBytes ? Kind.TooLong : !isHeld ? Kind.TooMuch : KindOf(frame);
        }
    }

    private void Forget()
    {
        Text = default;
        _place?.GiveBack();
        _place = null;
    }

    private static Kind KindOf(ValueWebSocketReceiveResult frame)
        => frame.MessageType == WebSocketMessageType.Text ? Kind.Text : Kind.Binary;

    internal enum Kind
    {
        Text,
        Binary,
        TooLong,
        /// <summary>Beside what others send.</summary>
        TooMuch,
        Closed,
        Gone,
    }
}
