using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>GraphQL over WebSocket: the handshake of graphql-transport-ws. What follows is <see cref="SocketSession"/>.</summary>
public sealed class WebSocketTransport(
    OperationRunner runner, BearerToken tokens, OpenStreams streams, RequestLimits limits, Faults faults, IOptions<TransportOptions> options,
    IOptions<TrafficLimits> traffic, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const string Protocol = "graphql-transport-ws";

    /// <returns>Why the handshake is refused; null once the socket has been served.</returns>
    public async Task<Refused?> HandleAsync(HttpContext http)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Refused.Request(503, Codes.ShuttingDown, "The service is stopping.", TimeSpan.FromSeconds(1));
        // Programs can set the header, browsers cannot: theirs comes in the first message.
        if (await tokens.ReadAsync(http, http.RequestAborted) is not { } caller)
            return BearerToken.Refusal;
        using var place = streams.TryConnect(caller);
        if (place is null)
            return Refused.Request(429, Codes.TooManyStreams, "Too many sockets are open from here. Close one first.", TimeSpan.FromSeconds(1));
        var isOffered = http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = isOffered ? Protocol : null,
            KeepAliveInterval = options.Value.KeepAlive,
            KeepAliveTimeout = options.Value.KeepAlive,
        });
        var allowance = new SocketAllowance(limits, traffic.Value, options.Value.MaxOperationsPerSocket, time);
        using var session = new SocketSession(
            http, socket, caller, runner, tokens, streams, limits, allowance, faults, options.Value, time, lifetime.ApplicationStopping);
        if (!isOffered)
            session.Close(4406, "Subprotocol not acceptable");
        await session.RunAsync();
        return null;
    }
}
