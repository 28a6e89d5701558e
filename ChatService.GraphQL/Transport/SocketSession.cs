using System.Net.WebSockets;
using System.Text.Json;

namespace ChatService.GraphQL;

/// <summary>
/// One socket of graphql-transport-ws, from the handshake to the close. The receive loop waits for the client and for nothing
/// else but its own short answers; operations run beside it.
/// </summary>
internal sealed class SocketSession(
    HttpContext http, WebSocket socket, Caller caller, OperationRunner runner, BearerToken tokens, OpenStreams streams, RequestLimits limits, SocketAllowance allowance,
    Faults faults, TransportOptions options, TimeProvider time, CancellationToken stopping) : IDisposable
{
    private const int Done = 1000;
    private const int TryAgainLater = 1013;
    /// <summary>What the protocol keeps for a connection that ended without a close frame.</summary>
    private const int Dropped = 1006;
    private static readonly OperationError[] _tooMany = [new(Codes.TooManyStreams, "Too many operations run on this socket.", RetryAfter: TimeSpan.FromSeconds(1))];

    private readonly SocketWriter _writer = new(socket, options, time);
    private readonly SocketOperations _operations = new(options.MaxOperationsPerSocket);
    private readonly string _requestId = RequestId.Of(http);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private Caller _caller = caller;
    private string? _authorization = http.Request.Headers.Authorization;
    private StreamLease? _lease;
    private Deadline? _idle;
    private Task? _closing;
    private int _closeCode = Dropped;
    private long _received;
    private bool _isInitialised;
    private bool _isAcknowledged;

    public void Dispose() => _over.Dispose();

    public async Task RunAsync()
    {
        using var aborted = http.RequestAborted.Register(socket.Abort);
        await using var patience = new Deadline(time, options.InitTimeout, CloseUnlessInitialised);
        await using var messageEnd = new Deadline(time, options.ReceiveTimeout, () => Close(4408, "The message did not end in time"));
        await using var idle = _idle = new Deadline(time, options.AnonymousIdleTimeout, CloseIfNobodyIsThere);
        var reader = new SocketReader(socket, options.MaxMessageBytes, messageEnd);
        patience.Start();
        await using var drain = stopping.Register(CloseIfIdle);
        try
        {
            while (await reader.ReadAsync(CancellationToken.None) is var kind && kind is not SocketReader.Kind.Gone)
            {
                _received += reader.Text.Length;
                if (kind is SocketReader.Kind.Closed)
                {
                    Close(socket.CloseStatus is null or WebSocketCloseStatus.Empty ? Done : (int)socket.CloseStatus, "");
                    break;
                }
                if (_closing is null)
                    await HandleAsync(kind, reader.Text);
            }
        }
        finally
        {
            _operations.StopAll();
            await _over.CancelAsync();
            await _operations.WhenEndedAsync();
            await (_closing ?? Task.CompletedTask);
            _lease?.Dispose();
            await _writer.DisposeAsync();
            _caller.Line?.Closed(_closeCode, _received, _writer.Sent);
        }
    }

    private async Task HandleAsync(SocketReader.Kind kind, ReadOnlyMemory<byte> text)
    {
        if (kind is SocketReader.Kind.TooLong)
            Close(1009, "Message too long");
        else if (kind is SocketReader.Kind.Binary)
            Close(4400, "Messages are text");
        else if (SocketMessage.Read(text, out var fault) is { } message)
            await HandleAsync(message, text.Length);
        else
            Close(4400, fault!);
    }

    private async Task HandleAsync(SocketMessage message, int bytes)
    {
        switch (message.Type)
        {
            case "subscribe":
                await SubscribeAsync(message.Id!, message.Request!, bytes);
                break;
            case "complete":
                _operations.Stop(message.Id!);
                CloseIfIdle();
                Allow(allowance.TakeEnd(_caller, bytes));
                break;
            case "connection_init" when Allow(allowance.Take(_caller, bytes)):
                await InitialiseAsync(message);
                break;
            case "ping" when Allow(allowance.Take(_caller, bytes)):
                await TrySendAsync(json => SocketFrames.WriteMessage(json, "pong", null, message.Payload));
                break;
            case "pong":
                // That nobody asked for.
                Allow(allowance.Take(_caller, bytes));
                break;
        }
    }

    private bool Allow(bool isAllowed)
    {
        if (!isAllowed)
            Close(TryAgainLater, "Too many messages");
        return isAllowed;
    }

    private async Task InitialiseAsync(SocketMessage message)
    {
        lock (_lock)
        {
            if (_isInitialised)
            {
                Close(4429, "Too many initialisation requests");
                return;
            }
            _isInitialised = true;
        }
        if (message.Authorization is { } authorization)
        {
            _authorization = authorization;
            if (await RecheckAsync() is not { } known)
                return;
            _caller = known;
        }
        _lease = streams.Watch(_caller);
        _lease.Ended.Register(() => Close(_lease.Reason!.Code == Codes.ShuttingDown ? 1001 : 4403, _lease.Reason.Message));
        _isAcknowledged = true;
        WaitForWork();
        await TrySendAsync(json => SocketFrames.WriteMessage(json, "connection_ack", null, null));
    }

    /// <returns>Null if the session is not good, and the socket closes.</returns>
    private async Task<Caller?> RecheckAsync()
    {
        if (_authorization is null)
            return _caller;
        try
        {
            var known = await tokens.ReadAsync(_authorization, http, http.RequestAborted);
            if (known is null)
                Close(4403, "Forbidden");
            return known;
        }
        catch (Exception exception)
        {
            Close(TryAgainLater, faults.Refuse(exception).Errors[0].Message);
            return null;
        }
    }

    private async Task SubscribeAsync(string id, OperationRequest request, int bytes)
    {
        if (!_isAcknowledged)
            Close(4401, "Unauthorized");
        else if (_operations.Contains(id))
            Close(4409, $"Subscriber for {id} already exists");
        else if (_operations.TryAdd(id, out var operation))
        {
            allowance.Began();
            operation.Run = Task.Run(() => RunAsync(operation, request));
        }
        else if (Allow(allowance.Take(_caller, bytes)))
            await TrySendAsync(json => SocketFrames.WriteErrors(json, id, _tooMany, _requestId));
    }

    private async Task RunAsync(SocketOperation operation, OperationRequest request)
    {
        try
        {
            if (await RecheckAsync() is not { } caller)
                return;
            var refused = limits.Refuse(caller);
            if (refused is null || Allow(allowance.Take(caller, 0)))
                await SendAsync(operation, refused ?? await runner.RunAsync(request, caller, Allowed.All, operation.Stopped));
        }
        catch (OperationCanceledException)
        {
            // The client, or the end of the socket, has stopped it.
        }
        catch (StreamCutException)
        {
            // The socket ends for the same reason.
        }
        catch (TimeoutException)
        {
            Close(TryAgainLater, "Reading too slowly");
        }
        catch (Exception exception)
        {
            Close(1011, faults.Refuse(exception).Errors[0].Message);
        }
        finally
        {
            _operations.Release(operation);
            _operations.Ended(operation);
            CloseIfIdle();
            WaitForWork();
        }
    }

    private async Task SendAsync(SocketOperation operation, OperationOutcome outcome)
    {
        switch (outcome)
        {
            case Refused refused:
                if (_operations.Release(operation))
                    await _writer.SendAsync(json => SocketFrames.WriteErrors(json, operation.Id, refused.Errors, _requestId));
                return;
            case Executed executed:
                await SendNextAsync(operation, executed.Result);
                break;
            case Streaming stream:
                await foreach (var result in stream.Results)
                {
                    if (!await SendNextAsync(operation, result))
                        return;
                }
                break;
        }
        if (_operations.Release(operation))
            await _writer.SendAsync(json => SocketFrames.WriteMessage(json, "complete", operation.Id, null));
    }

    private Task<bool> SendNextAsync(SocketOperation operation, OperationResult result) => _writer.SendAsync(
        json => SocketFrames.WriteNext(json, operation.Id, result, _requestId),
        isWanted: () => _operations.Contains(operation));

    private async Task TrySendAsync(Action<Utf8JsonWriter> write)
    {
        try
        {
            await _writer.SendAsync(write);
        }
        catch (TimeoutException)
        {
            Close(TryAgainLater, "Reading too slowly");
        }
    }

    private void CloseUnlessInitialised()
    {
        lock (_lock)
        {
            if (_isInitialised)
                return;
        }
        Close(4408, "Connection initialisation timeout");
    }

    /// <summary>Whoever is signed in may be silent for as long as the session lasts.</summary>
    private void WaitForWork()
    {
        if (_caller.UserId is null)
            _idle?.Start();
    }

    private void CloseIfNobodyIsThere()
    {
        if (_operations.IsEmpty)
            Close(Done, "Nothing to do");
    }

    private void CloseIfIdle()
    {
        if (stopping.IsCancellationRequested && _operations.IsEmpty)
            Close(1001, "The service is stopping");
    }

    /// <summary>The first reason counts. The loop goes on until the client answers, or the time for that is over.</summary>
    public void Close(int code, string reason)
    {
        lock (_lock)
        {
            if (_closing is not null) return;
            _closeCode = code;
            _closing = CloseAsync(code, reason);
        }
    }

    private async Task CloseAsync(int code, string reason)
    {
        await Task.Yield();
        _operations.StopAll();
        await _writer.CloseAsync(code, reason);
        await Task.Delay(options.CloseTimeout, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_over.IsCancellationRequested)
            socket.Abort();
    }
}
