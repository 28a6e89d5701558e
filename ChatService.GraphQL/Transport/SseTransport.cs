using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// GraphQL over server-sent events, one operation a connection (the "distinct connections" of graphql-sse). The frames are two
/// fixed lines around JSON that has no line break, so they are written straight into the response; .NET's own formatter would
/// copy each result and knows neither comments nor a limit for a write.
/// </summary>
public sealed class SseTransport(IOptions<TransportOptions> options, TimeProvider time)
{
    private readonly TransportOptions _options = options.Value;

    /// <summary>Sends every result, then <c>complete</c>; just ends if the service ends the stream, so that clients come again.</summary>
    public async Task WriteAsync(HttpContext http, IAsyncEnumerable<OperationResult> results)
    {
        var response = await StartAsync(http);
        await using var reader = results.GetAsyncEnumerator(http.RequestAborted);
        try
        {
            while (await NextAsync(reader, http, response))
            {
                WriteNext(response, reader.Current, RequestId.Of(http));
                await FlushAsync(http, response);
            }
            await CompleteAsync(http, response);
        }
        catch (StreamCutException)
        {
            // Without "complete" a client knows that this was not the end of its source.
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
    }

    public async Task WriteAsync(HttpContext http, OperationResult result)
    {
        var response = await StartAsync(http);
        WriteNext(response, result, RequestId.Of(http));
        await CompleteAsync(http, response);
    }

    public async Task WriteAsync(HttpContext http, Refused refused)
    {
        var response = await StartAsync(http);
        response.Write("event: next\ndata: "u8);
        using (var json = ResultWriter.Open(response))
            ResultWriter.Write(json, refused, RequestId.Of(http));
        response.Write("\n\n"u8);
        await CompleteAsync(http, response);
    }

    private static async Task<PipeWriter> StartAsync(HttpContext http)
    {
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = Accepted.Events;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await http.Response.StartAsync(http.RequestAborted);
        // The headers tell the client that it is connected; the first event may be hours away.
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        return http.Response.BodyWriter;
    }

    private static void WriteNext(PipeWriter response, OperationResult result, string requestId)
    {
        response.Write("event: next\ndata: "u8);
        using (var json = ResultWriter.Open(response))
            ResultWriter.Write(json, result, requestId);
        response.Write("\n\n"u8);
    }

    private Task CompleteAsync(HttpContext http, PipeWriter response)
    {
        // The empty data line makes it an event for EventSource, which drops those without.
        response.Write("event: complete\ndata:\n\n"u8);
        return FlushAsync(http, response);
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<OperationResult> reader, HttpContext http, PipeWriter response)
    {
        var next = reader.MoveNextAsync();
        if (next.IsCompleted)
            return await next;
        var pending = next.AsTask();
        try
        {
            while (await IsIdleAsync(pending, http.RequestAborted))
            {
                response.Write(":\n\n"u8);
                await FlushAsync(http, response);
            }
        }
        catch
        {
            // The source is still at work; it stops with the request and must have done so before it is disposed.
            http.Abort();
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        return await pending;
    }

    private async Task<bool> IsIdleAsync(Task<bool> pending, CancellationToken aborted)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var first = await Task.WhenAny(pending, Task.Delay(_options.KeepAlive, time, idle.Token));
        await idle.CancelAsync();
        return first != pending && !aborted.IsCancellationRequested;
    }

    /// <exception cref="TimeoutException">The reader is too slow; the server's own minimum rate would keep it for minutes.</exception>
    private async Task FlushAsync(HttpContext http, PipeWriter response)
    {
        var flush = response.FlushAsync(http.RequestAborted);
        if (!flush.IsCompleted)
            await flush.AsTask().WaitAsync(_options.WriteTimeout, time);
        // Writing to a connection that is gone does not throw.
        http.RequestAborted.ThrowIfCancellationRequested();
    }
}
