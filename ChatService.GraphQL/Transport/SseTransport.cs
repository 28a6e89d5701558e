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
public sealed class SseTransport(ResponseWriter writer, IOptions<TransportOptions> options, TimeProvider time)
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
                await WriteNextAsync(http, response, reader.Current);
                await writer.FlushAsync(http);
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
        RetryAfter.Set(http.Response, result.Errors);
        var response = await StartAsync(http);
        await WriteNextAsync(http, response, result);
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

    private async Task WriteNextAsync(HttpContext http, PipeWriter response, OperationResult result)
    {
        response.Write("event: next\ndata: "u8);
        await writer.WriteAsync(http, result);
        response.Write("\n\n"u8);
    }

    private Task CompleteAsync(HttpContext http, PipeWriter response)
    {
        // The empty data line makes it an event for EventSource, which drops those without.
        response.Write("event: complete\ndata:\n\n"u8);
        return writer.FlushAsync(http);
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
                await writer.FlushAsync(http);
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
}
