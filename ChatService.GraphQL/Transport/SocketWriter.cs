using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ChatService.GraphQL;

/// <summary>
/// Sends, one message at a time, a long one in several frames, and each frame within its time. Whoever sends waits until the message is written: that is what paces
/// a stream by its reader. Its callers are the operations of one socket, so those who wait are bounded too.
/// </summary>
internal sealed class SocketWriter(WebSocket socket, TransportOptions options, TimeProvider time) : IAsyncDisposable
{
    private const int MaxReasonBytes = 123;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile bool _isClosing;
    private Task _stalled = Task.CompletedTask;

    /// <summary>Bytes of all messages.</summary>
    public long Sent { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stalled;
        _turn.Dispose();
    }

    /// <summary>Sends a message that is short.</summary>
    /// <inheritdoc cref="SendAsync(Func{Utf8JsonWriter, ResultPieces?}, Func{bool}?)"/>
    public Task<bool> SendAsync(Action<Utf8JsonWriter> write) => SendAsync(json =>
    {
        write(json);
        return null;
    });

    /// <param name="write">Writes the message, but for the pieces that it returns; called when its turn has come.</param>
    /// <param name="isWanted">Asked at the same moment; a message that is no longer wanted is dropped.</param>
    /// <returns>Whether to go on; false if the socket closes or is gone.</returns>
    /// <exception cref="TimeoutException">The client does not read.</exception>
    public async Task<bool> SendAsync(Func<Utf8JsonWriter, ResultPieces?> write, Func<bool>? isWanted = null)
    {
        await _turn.WaitAsync();
        Task? sending = null;
        try
        {
            if (_isClosing || socket.State != WebSocketState.Open)
                return false;
            if (isWanted?.Invoke() == false)
                return true;
            var message = new ArrayBufferWriter<byte>(512);
            using var json = ResultWriter.Open(message);
            var pieces = write(json);
            var since = time.GetTimestamp();
            bool isMore;
            do
            {
                if (time.GetElapsedTime(since) > options.AnswerTimeout)
                    throw new TimeoutException();
                isMore = pieces?.WriteNext() == true;
                json.Flush();
                Sent += message.WrittenCount;
                // No token: cancelling a send tears the connection down, and then nobody learns why.
                sending = socket.SendAsync(message.WrittenMemory, WebSocketMessageType.Text, endOfMessage: !isMore, CancellationToken.None).AsTask();
                await sending.WaitAsync(options.WriteTimeout, time);
                message.ResetWrittenCount();
            }
            while (isMore);
            return true;
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return false;
        }
        finally
        {
            // A message that is on its way keeps its turn: the close frame can only follow a whole one.
            if (sending is { IsCompleted: false })
                _stalled = ReleaseAfterAsync(sending);
            else
                _turn.Release();
        }
    }

    /// <summary>Sends the close frame, the last that is sent. A client that never makes room for it is cut off.</summary>
    public async Task CloseAsync(int code, string reason)
    {
        _isClosing = true;
        if (!await _turn.WaitAsync(options.CloseTimeout + options.WriteTimeout))
        {
            socket.Abort();
            return;
        }
        try
        {
            using var limit = new CancellationTokenSource(options.CloseTimeout, time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, Cut(reason), limit.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            socket.Abort();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReleaseAfterAsync(Task sending)
    {
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _turn.Release();
    }

    private static string Cut(string reason)
    {
        var bytes = Encoding.UTF8.GetBytes(reason);
        if (bytes.Length <= MaxReasonBytes)
            return reason;
        var end = MaxReasonBytes;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end);
    }
}
