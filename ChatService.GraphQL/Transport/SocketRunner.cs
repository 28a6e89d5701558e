using System.Text.Json;

namespace ChatService.GraphQL;

/// <summary>Runs the operations of one socket and sends what comes of them, each result under its operation's id.</summary>
internal sealed class SocketRunner(
    OperationRunner runner, SocketOperations operations, SocketWriter writer, SocketClosing closing, SocketCaller caller, RequestLimits limits,
    SocketAllowance allowance, Faults faults, string requestId)
{
    private static readonly OperationError[] _tooMany = [new(Codes.TooManyStreams, "Too many operations run on this socket.", RetryAfter: TimeSpan.FromSeconds(1))];

    /// <summary>Nothing escapes: whatever happens is sent, or closes the socket.</summary>
    public async Task RunAsync(SocketOperation operation)
    {
        try
        {
            if (await caller.RecheckAsync() is not { } known)
                return;
            var refused = limits.Refuse(known);
            if (refused is null || Allow(allowance.Take(known, 0)))
                await SendAsync(operation, refused ?? await runner.RunAsync(operation.TakeRequest(), known, Allowed.All, operation.Stopped));
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
            closing.Close(SocketClosing.TryAgainLater, "Reading too slowly");
        }
        catch (Exception exception)
        {
            closing.Close(1011, faults.Refuse(exception).Errors[0].Message);
        }
        finally
        {
            operations.Release(operation);
        }
    }

    /// <summary>What cannot run beside the others.</summary>
    public Task RefuseAsync(string id) => TrySendAsync(json => SocketFrames.WriteErrors(json, id, _tooMany, requestId));

    /// <summary>Sends what is of no operation that runs.</summary>
    public async Task TrySendAsync(Action<Utf8JsonWriter> write)
    {
        try
        {
            await writer.SendAsync(write);
        }
        catch (TimeoutException)
        {
            closing.Close(SocketClosing.TryAgainLater, "Reading too slowly");
        }
    }

    /// <returns>What is given; where it is false, the socket closes.</returns>
    public bool Allow(bool isAllowed)
    {
        if (!isAllowed)
            closing.Close(SocketClosing.TryAgainLater, "Too many messages");
        return isAllowed;
    }

    private async Task SendAsync(SocketOperation operation, OperationOutcome outcome)
    {
        switch (outcome)
        {
            case Refused refused:
                if (operations.Release(operation))
                    await writer.SendAsync(json => SocketFrames.WriteErrors(json, operation.Id, refused.Errors, requestId));
                return;
            case Executed executed:
                using (executed.Held)
                    await SendNextAsync(operation, executed.Result);
                break;
            case Streaming stream:
                await using (stream.Run)
                {
                    await foreach (var result in stream.Results)
                    {
                        if (!await SendNextAsync(operation, result))
                            return;
                    }
                }
                break;
        }
        if (operations.Release(operation))
            await writer.SendAsync(json => SocketFrames.WriteMessage(json, "complete", operation.Id, null));
    }

    private Task<bool> SendNextAsync(SocketOperation operation, OperationResult result) => writer.SendAsync(
        json => SocketFrames.WriteNext(json, operation.Id, result, requestId),
        isWanted: () => operations.Contains(operation));
}
