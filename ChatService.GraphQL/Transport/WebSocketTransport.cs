using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>GraphQL over WebSocket: the handshake of graphql-transport-ws. What follows is <see cref="SocketSession"/>.</summary>
public sealed class WebSocketTransport(
    OperationRunner runner, BearerToken tokens, OpenStreams streams, RequestLimits limits, BodyLimits bodies, Faults faults, IOptions<TransportOptions> options,
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
        var settings = options.Value;
        await using var writer = new SocketWriter(socket, settings, time);
        var operations = new SocketOperations(settings.MaxOperationsPerSocket);
        using var closing = new SocketClosing(socket, writer, operations, settings, time);
        await using var messageEnd = new Deadline(time, settings.ReceiveTimeout, () => closing.Close(4408, "The message did not end in time"));
        using var reader = new SocketReader(socket, settings.MaxMessageBytes, messageEnd, () => bodies.Open(caller.Address));
        var speaker = new SocketCaller(http, caller, tokens, faults, closing);
        var allowance = new SocketAllowance(limits, traffic.Value, settings.MaxOperationsPerSocket, time);
        var running = new SocketRunner(runner, operations, writer, closing, speaker, limits, allowance, faults, RequestId.Of(http));
        var session = new SocketSession(
            socket, reader, writer, operations, running, closing, speaker, allowance, streams, settings, time, lifetime.ApplicationStopping);
        if (!isOffered)
            closing.Close(4406, "Subprotocol not acceptable");
        await session.RunAsync(http.RequestAborted);
        return null;
    }
}
