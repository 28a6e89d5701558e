using System.Net.WebSockets;

namespace ChatService.GraphQL;

/// <summary>How a socket ends: the first reason counts, and after the close frame the client has a while to answer it.</summary>
internal sealed class SocketClosing(WebSocket socket, SocketWriter writer, SocketOperations operations, TransportOptions options, TimeProvider time) : IDisposable
{
    public const int Done = 1000;
    public const int TryAgainLater = 1013;
    /// <summary>What the protocol keeps for a connection that ended without a close frame.</summary>
    private const int Dropped = 1006;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private Task? _closing;

    /// <summary>The reason's.</summary>
    public int Code { get; private set; } = Dropped;

    public bool HasBegun
    {
        get
        {
            lock (_lock)
                return _closing is not null;
        }
    }

    public void Close(int code, string reason)
    {
        lock (_lock)
        {
            if (_closing is not null)
                return;
            Code = code;
            _closing = CloseAsync(code, reason);
        }
    }

    /// <summary>Nothing more comes from the client: there is no answer to wait for.</summary>
    public Task ReadNoMoreAsync() => _over.CancelAsync();

    /// <summary>Until the close frame is sent, if there is to be one.</summary>
    public Task WhenOverAsync()
    {
        lock (_lock)
            return _closing ?? Task.CompletedTask;
    }

    public void Dispose() => _over.Dispose();

    private async Task CloseAsync(int code, string reason)
    {
        await Task.Yield();
        operations.StopAll();
        await writer.CloseAsync(code, reason);
        await Task.Delay(options.CloseTimeout, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_over.IsCancellationRequested)
            socket.Abort();
    }
}
