using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>Writes into an HTTP response as fast as its reader takes it, and no faster: what is written waits nowhere.</summary>
public sealed class ResponseWriter(IOptions<TransportOptions> options, TimeProvider time)
{
    /// <summary>Writes a result; what is left of it then, less than a piece, goes with the next flush.</summary>
    /// <exception cref="TimeoutException">The reader is too slow.</exception>
    public async Task WriteAsync(HttpContext http, OperationResult result)
    {
        var since = time.GetTimestamp();
        using var json = ResultWriter.Open(http.Response.BodyWriter);
        var pieces = new ResultPieces(json, result, RequestId.Of(http));
        while (pieces.WriteNext())
        {
            json.Flush();
            await FlushAsync(http);
            if (time.GetElapsedTime(since) > options.Value.AnswerTimeout)
                throw new TimeoutException();
        }
    }

    /// <exception cref="TimeoutException">The reader is too slow; the server's own minimum rate would keep it for minutes.</exception>
    public async Task FlushAsync(HttpContext http)
    {
        var flush = http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        if (!flush.IsCompleted)
            await flush.AsTask().WaitAsync(options.Value.WriteTimeout, time);
        // Writing to a connection that is gone does not throw.
        http.RequestAborted.ThrowIfCancellationRequested();
    }
}
