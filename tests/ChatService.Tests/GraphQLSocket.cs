using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace ChatService.Tests;

/// <summary>A client of the <c>graphql-transport-ws</c> protocol.</summary>
public sealed class GraphQLSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, Channel<JsonElement>> _operations = new();
    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _disposed = new();
    private Task _receiving = Task.CompletedTask;
    private int _lastId;

    private GraphQLSocket() => _socket.Options.AddSubProtocol("graphql-transport-ws");

    /// <summary>Completes when the connection has ended; <see cref="CloseCode"/> is known then.</summary>
    public Task Closed => _receiving;

    /// <summary>The code of the server's close frame; null if it sent none.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    /// <summary>Connects to <c>/graphql</c> without saying anything yet.</summary>
    public static async Task<GraphQLSocket> OpenAsync(Uri address, CancellationToken ct = default)
    {
        var socket = new GraphQLSocket();
        await socket._socket.ConnectAsync(new UriBuilder(new Uri(address, "/graphql")) { Scheme = "ws" }.Uri, ct);
        socket._receiving = socket.ReceiveAsync();
        return socket;
    }

    /// <summary>Connects and is let in with this session token, or as nobody.</summary>
    public static async Task<GraphQLSocket> ConnectAsync(Uri address, string? token, CancellationToken ct = default)
    {
        var socket = await OpenAsync(address, ct);
        await socket.SendAsync(new { type = "connection_init", payload = token is null ? null : new { Authorization = $"Bearer {token}" } }, ct);
        await socket._acknowledged.Task.WaitAsync(ct);
        return socket;
    }

    /// <summary>
    /// The payload of each <c>next</c>, until <c>complete</c>. An <c>error</c> is its last item, an array. Leaving the
    /// loop early sends <c>complete</c>.
    /// </summary>
    public async IAsyncEnumerable<JsonElement> SubscribeAsync(
        string query, object? variables = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var id = $"{Interlocked.Increment(ref _lastId)}";
        var operation = _operations.GetOrAdd(id, _ => Channel.CreateUnbounded<JsonElement>());
        await SendAsync(new { id, type = "subscribe", payload = new { query, variables } }, ct);
        try
        {
            await foreach (var payload in operation.Reader.ReadAllAsync(ct))
                yield return payload;
        }
        finally
        {
            if (_operations.TryRemove(id, out _) && _socket.State == WebSocketState.Open)
                await SendAsync(new { id, type = "complete" }, CancellationToken.None);
        }
    }

    /// <summary>Sends any message, also one that the protocol forbids.</summary>
    public async Task SendAsync(object message, CancellationToken ct = default)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Drops the connection without a word, as a lost network does.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _disposed.Dispose();
    }

    private async Task ReceiveAsync()
    {
        Exception end = new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        try
        {
            while (await ReceiveMessageAsync() is { } message)
                await HandleAsync(message);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _disposed.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            end = error;
        }
        _acknowledged.TrySetException(end);
        foreach (var operation in _operations.Values)
            operation.Writer.TryComplete(end);
    }

    private async Task<JsonElement?> ReceiveMessageAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, _disposed.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonElement.Parse(message.ToArray());
        }
    }

    private async Task HandleAsync(JsonElement message)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "connection_ack":
                _acknowledged.TrySetResult();
                break;
            case "ping":
                await SendAsync(new { type = "pong" }, _disposed.Token);
                break;
            case "next":
                if (_operations.TryGetValue(IdOf(message), out var running))
                    running.Writer.TryWrite(message.GetProperty("payload"));
                break;
            case "error":
                if (_operations.TryRemove(IdOf(message), out var failed))
                    failed.Writer.TryWrite(message.GetProperty("payload"));
                failed?.Writer.TryComplete();
                break;
            case "complete":
                if (_operations.TryRemove(IdOf(message), out var done))
                    done.Writer.TryComplete();
                break;
        }
    }

    private static string IdOf(JsonElement message) => message.GetProperty("id").GetString()!;
}
