using System.Net.WebSockets;

namespace ChatService.GraphQL;

/// <summary>
/// One socket of graphql-transport-ws, from the handshake to the close. The receive loop waits for the client and for nothing
/// else but its own short answers; operations run beside it.
/// </summary>
internal sealed class SocketSession(
    WebSocket socket, SocketReader reader, SocketWriter writer, SocketOperations operations, SocketRunner runner, SocketClosing closing, SocketCaller caller,
    SocketAllowance allowance, OpenStreams streams, TransportOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private StreamLease? _lease;
    private Deadline? _idle;
    private long _received;
    private bool _isInitialised;
    private bool _isAcknowledged;

    public async Task RunAsync(CancellationToken aborted)
    {
        using var abort = aborted.Register(socket.Abort);
        await using var patience = new Deadline(time, options.InitTimeout, CloseUnlessInitialised);
        await using var idle = _idle = new Deadline(time, options.AnonymousIdleTimeout, CloseIfNobodyIsThere);
        patience.Start();
        await using var drain = stopping.Register(CloseIfIdle);
        try
        {
            while (await reader.ReadAsync(CancellationToken.None) is var kind && kind is not SocketReader.Kind.Gone)
            {
                _received += reader.Text.Length;
                if (kind is SocketReader.Kind.Closed)
                {
                    closing.Close(socket.CloseStatus is null or WebSocketCloseStatus.Empty ? SocketClosing.Done : (int)socket.CloseStatus, "");
                    break;
                }
                if (!closing.HasBegun)
                    await HandleAsync(kind, reader.Text);
            }
        }
        finally
        {
            operations.StopAll();
            await closing.ReadNoMoreAsync();
            await operations.WhenEndedAsync();
            await closing.WhenOverAsync();
            _lease?.Dispose();
            caller.Current.Line?.Closed(closing.Code, _received, writer.Sent);
        }
    }

    private async Task HandleAsync(SocketReader.Kind kind, ReadOnlyMemory<byte> text)
    {
        if (kind is SocketReader.Kind.TooLong)
            closing.Close(1009, "Message too long");
        else if (kind is SocketReader.Kind.TooMuch)
            closing.Close(SocketClosing.TryAgainLater, "Too many long messages come at once");
        else if (kind is SocketReader.Kind.Binary)
            closing.Close(4400, "Messages are text");
        else if (SocketMessage.Read(text, out var fault) is { } message)
            await HandleAsync(message, text.Length);
        else
            closing.Close(4400, fault!);
    }

    private async Task HandleAsync(SocketMessage message, int bytes)
    {
        switch (message.Type)
        {
            case "subscribe":
                await SubscribeAsync(message.Id!, message.Request!, bytes);
                break;
            case "complete":
                operations.Stop(message.Id!);
                CloseIfIdle();
                runner.Allow(allowance.TakeEnd(caller.Current, bytes));
                break;
            case "connection_init" when runner.Allow(allowance.Take(caller.Current, bytes)):
                await InitialiseAsync(message);
                break;
            case "ping" when runner.Allow(allowance.Take(caller.Current, bytes)):
                await runner.TrySendAsync(json => SocketFrames.WriteMessage(json, "pong", null, message.Payload));
                break;
            case "pong":
                // That nobody asked for.
                runner.Allow(allowance.Take(caller.Current, bytes));
                break;
        }
    }

    private async Task InitialiseAsync(SocketMessage message)
    {
        lock (_lock)
        {
            if (_isInitialised)
            {
                closing.Close(4429, "Too many initialisation requests");
                return;
            }
            _isInitialised = true;
        }
        if (message.Authorization is { } authorization && !await caller.SignInAsync(authorization))
            return;
        _lease = streams.Watch(caller.Current);
        _lease.Ended.Register(() => closing.Close(_lease.Reason!.Code == Codes.ShuttingDown ? 1001 : 4403, _lease.Reason.Message));
        _isAcknowledged = true;
        WaitForWork();
        await runner.TrySendAsync(json => SocketFrames.WriteMessage(json, "connection_ack", null, null));
    }

    private async Task SubscribeAsync(string id, OperationRequest request, int bytes)
    {
        if (!_isAcknowledged)
        {
            closing.Close(4401, "Unauthorized");
        }
        else if (operations.Contains(id))
        {
            closing.Close(4409, $"Subscriber for {id} already exists");
        }
        else if (operations.TryAdd(id, request, out var operation))
        {
            allowance.Began();
            operation.Run = Task.Run(() => RunAsync(operation));
        }
        else if (runner.Allow(allowance.Take(caller.Current, bytes)))
        {
            await runner.RefuseAsync(id);
        }
    }

    private async Task RunAsync(SocketOperation operation)
    {
        await runner.RunAsync(operation);
        CloseIfIdle();
        WaitForWork();
        operations.Ended(operation);
    }

    private void CloseUnlessInitialised()
    {
        lock (_lock)
        {
            if (_isInitialised)
                return;
        }
        closing.Close(4408, "Connection initialisation timeout");
    }

    /// <summary>Whoever is signed in may be silent for as long as the session lasts.</summary>
    private void WaitForWork()
    {
        if (caller.Current.UserId is null)
            _idle?.Start();
    }

    private void CloseIfNobodyIsThere()
    {
        if (operations.IsEmpty)
            closing.Close(SocketClosing.Done, "Nothing to do");
    }

    private void CloseIfIdle()
    {
        if (stopping.IsCancellationRequested && operations.IsEmpty)
            closing.Close(1001, "The service is stopping");
    }
}
