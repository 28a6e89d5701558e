using System.Buffers;
using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http.Features;

namespace ChatService.Rest;

/// <summary>
/// Writes text/event-stream, each frame as soon as it is there and a comment when there is none for a while.
/// A client that does not read for <see cref="RestOptions.WriteTimeout"/> is let go.
/// </summary>
/// <param name="frames">The data of each event, on one line.</param>
internal sealed class EventStream(IAsyncEnumerable<byte[]> frames, RestOptions options) : IResult
{
    private static readonly byte[] _ping = ": ping\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "text/event-stream";
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();

        await using var deadline = new Timer(_ => httpContext.Abort());
        try
        {
            await SseFormatter.WriteAsync(
                EventsAsync(httpContext, deadline), httpContext.Response.Body, (item, writer) => writer.Write(item.Data), httpContext.RequestAborted);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Whoever has left needs no answer.
        }
    }

    // The formatter asks for the next event once the last one is written, so the body is free for a comment meanwhile.
    private async IAsyncEnumerable<SseItem<byte[]>> EventsAsync(HttpContext http, Timer deadline)
    {
        await using var reader = frames.GetAsyncEnumerator(http.RequestAborted);
        while (await NextAsync(reader, http, deadline))
        {
            deadline.Change(options.WriteTimeout, Timeout.InfiniteTimeSpan);
            yield return new SseItem<byte[]>(reader.Current);
            deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<byte[]> reader, HttpContext http, Timer deadline)
    {
        var next = reader.MoveNextAsync().AsTask();
        try
        {
            while (await IsSilentAsync(next))
            {
                deadline.Change(options.WriteTimeout, Timeout.InfiniteTimeSpan);
                await http.Response.Body.WriteAsync(_ping, http.RequestAborted);
                deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
        finally
        {
            // A reader must not be disposed of while it moves.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await next;
    }

    private async Task<bool> IsSilentAsync(Task next)
    {
        await next.WaitAsync(options.PingInterval).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !next.IsCompleted;
    }
}
