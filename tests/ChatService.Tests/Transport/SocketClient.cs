using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>A client of graphql-transport-ws that can also misbehave: it sends whatever it is told to.</summary>
internal sealed class SocketClient : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();

    public string? SubProtocol => _socket.SubProtocol;

    /// <summary>The code of the server's close frame, once <see cref="ReceiveAsync"/> gave null.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    public static async Task<SocketClient> ConnectAsync(TransportHost host, params string[] protocols)
    {
        var client = new SocketClient();
        foreach (var protocol in protocols)
            client._socket.Options.AddSubProtocol(protocol);
        await client._socket.ConnectAsync(new UriBuilder(host.Url) { Scheme = "ws" }.Uri, CancellationToken.None);
        return client;
    }

    /// <summary>Connects and waits for the acknowledgement.</summary>
    public static async Task<SocketClient> OpenAsync(TransportHost host, string? token = null)
    {
        var client = await ConnectAsync(host, "graphql-transport-ws");
        await client.SendAsync(token is null
            ? """{"type":"connection_init"}"""
            : JsonSerializer.Serialize(new { type = "connection_init", payload = new { Authorization = $"Bearer {token}" } }));
        Assert.Equal("connection_ack", (await client.ReceiveAsync())!.Value.GetProperty("type").GetString());
        return client;
    }

    public Task SendAsync(string message, WebSocketMessageType type = WebSocketMessageType.Text, bool isEnd = true)
        => _socket.SendAsync(Encoding.UTF8.GetBytes(message), type, isEnd, CancellationToken.None);

    public Task SubscribeAsync(string id, string query, object? variables = null)
        => SendAsync(JsonSerializer.Serialize(new { id, type = "subscribe", payload = new { query, variables } }));

    /// <returns>The next message; null if the server has closed, whose frame is answered.</returns>
    public async Task<JsonElement?> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        var buffer = new byte[16_384];
        using var message = new MemoryStream();
        while (true)
        {
            var frame = await _socket.ReceiveAsync(buffer, limit.Token);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
                return null;
            }
            message.Write(buffer, 0, frame.Count);
            if (frame.EndOfMessage)
                return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }

    /// <summary>Reads until the server closes, and gives the code.</summary>
    public async Task<int?> ReceiveCloseAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
        return CloseCode;
    }

    /// <summary>The messages until one of this type for this id.</summary>
    public async Task<List<JsonElement>> ReceiveUntilAsync(string type, string id)
    {
        var messages = new List<JsonElement>();
        while (await ReceiveAsync() is { } message)
        {
            messages.Add(message);
            if (message.GetProperty("type").GetString() == type && message.TryGetProperty("id", out var of) && of.GetString() == id)
                return messages;
        }
        throw new InvalidOperationException($"The server closed with {CloseCode} {CloseReason}.");
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public void Drop() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
