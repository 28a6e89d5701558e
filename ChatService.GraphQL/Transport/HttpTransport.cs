namespace ChatService.GraphQL;

/// <summary>GraphQL over HTTP: POST, and GET for queries. Follows the specification's draft of 2025.</summary>
public sealed class HttpTransport(
    OperationRunner runner, RequestReader reader, ResponseWriter writer, BearerToken tokens, SseTransport events, WebSocketTransport sockets, Faults faults)
{
    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        var accepted = Accepted.From(http.Request.Headers.Accept);
        try
        {
            if (!http.WebSockets.IsWebSocketRequest)
                await AnswerAsync(http, accepted, await RunAsync(http, accepted));
            else if (await sockets.HandleAsync(http) is { } refused)
                await AnswerAsync(http, accepted, refused);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (TimeoutException) when (http.Response.HasStarted)
        {
            http.Abort();
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, accepted, faults.Refuse(exception));
        }
    }

    /// <summary>Answers a request that was refused before it came here.</summary>
    public Task RefuseAsync(HttpContext http, Refused refused)
    {
        http.Response.Headers.CacheControl = "no-store";
        return RefuseAsync(http, Accepted.From(http.Request.Headers.Accept), refused);
    }

    private async Task<OperationOutcome> RunAsync(HttpContext http, Accepted accepted)
    {
        var isGet = HttpMethods.IsGet(http.Request.Method);
        if (!isGet && !HttpMethods.IsPost(http.Request.Method))
            return Refused.Request(405, Codes.MethodNotAllowed, "Use POST, or GET for queries.");
        if (accepted.Nothing(out _))
            return Refused.Request(406, Codes.NotAcceptable, $"Answers come as {Accepted.GraphQLResponse}, {Accepted.PlainJson} or {Accepted.Events}.");
        if (await tokens.ReadAsync(http, http.RequestAborted) is not { } caller)
            return BearerToken.Refusal;
        var (request, refused) = await reader.ReadAsync(http.Request, http.RequestAborted);
        if (refused is not null)
            return refused;
        var allowed = (isGet ? Allowed.Query : Allowed.Query | Allowed.Mutation) | (accepted.EventStream ? Allowed.Subscription : 0);
        return await runner.RunAsync(request!, caller, allowed, http.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext http, Accepted accepted, OperationOutcome outcome)
    {
        using var held = (outcome as Executed)?.Held;
        await using var run = (outcome as Streaming)?.Run;
        await (outcome switch
        {
            Streaming stream => events.WriteAsync(http, stream.Results),
            Executed executed when accepted.PrefersEventStream => events.WriteAsync(http, executed.Result),
            Refused { IsDocumentFault: true } refused when accepted.PrefersEventStream => events.WriteAsync(http, refused),
            Executed executed => WriteAsync(http, accepted, StatusCodes.Status200OK, executed),
            Refused refused => RefuseAsync(http, accepted, refused),
            _ => throw new InvalidOperationException("An outcome is refused, executed or streaming."),
        });
    }

    private Task RefuseAsync(HttpContext http, Accepted accepted, Refused refused)
    {
        RetryAfter.Set(http.Response, refused);
        if (refused.Status == StatusCodes.Status405MethodNotAllowed)
            http.Response.Headers.Allow = HttpMethods.IsGet(http.Request.Method) ? "POST" : "GET, POST";
        if (refused.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        var isLenient = refused.IsDocumentFault && accepted.Json == Accepted.PlainJson;
        return WriteAsync(http, accepted, isLenient ? StatusCodes.Status200OK : refused.Status, refused);
    }

    private async Task WriteAsync(HttpContext http, Accepted accepted, int status, OperationOutcome outcome)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = $"{accepted.Json ?? Accepted.PlainJson}; charset=utf-8";
        if (outcome is Executed { Result.Errors: var errors })
            RetryAfter.Set(http.Response, errors);
        await http.Response.StartAsync(http.RequestAborted);
        if (outcome is Executed executed)
        {
            await writer.WriteAsync(http, executed.Result);
        }
        else
        {
            using var json = ResultWriter.Open(http.Response.BodyWriter);
            ResultWriter.Write(json, (Refused)outcome, RequestId.Of(http));
        }
        await writer.FlushAsync(http);
    }
}
