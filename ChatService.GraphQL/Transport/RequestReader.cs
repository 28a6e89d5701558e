using System.Buffers;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ChatService.GraphQL;

/// <summary>Reads the GraphQL request of an HTTP request, and says what is wrong with it by status.</summary>
public sealed class RequestReader(IOptions<TransportOptions> options)
{
    private readonly int _maxBytes = options.Value.MaxMessageBytes;
    private readonly TimeSpan _patience = options.Value.ReceiveTimeout;

    /// <returns>Either the request or why there is none.</returns>
    public async ValueTask<(OperationRequest? Request, Refused? Refused)> ReadAsync(HttpRequest http, CancellationToken ct)
    {
        if (HttpMethods.IsGet(http.Method))
            return ReadQuery(http.Query);
        if (!IsJson(http))
            return (null, Refused.Request(415, Codes.UnsupportedMediaType, "Content-Type must be application/json in UTF-8, not compressed."));
        if (http.ContentLength > _maxBytes)
            return (null, TooLarge());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(_patience);
        try
        {
            return await ReadBodyAsync(http, deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, TooSlow());
        }
        // The server's own, for a body that is slow all the time.
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return (null, TooSlow());
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, TooLarge());
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            return (null, OperationGate.Refusal);
        }
        // The server's own for a chunk whose size is beyond all numbers, and BadHttpRequestException for all else.
        catch (IOException)
        {
            return (null, RequestJson.Malformed("The body could not be read."));
        }
    }

    private static bool IsJson(HttpRequest http)
        => MediaTypeHeaderValue.TryParse(http.ContentType, out var type)
            && type.MediaType.Equals(Accepted.PlainJson, StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            && http.Headers.ContentEncoding.All(e => string.Equals(e, "identity", StringComparison.OrdinalIgnoreCase));

    private static (OperationRequest?, Refused?) ReadQuery(IQueryCollection query)
    {
        if (query.TryGetValue("query", out var text) && text is [{ } document]
            && query["operationName"] is { Count: <= 1 } name
            && query["variables"] is { Count: <= 1 } variables && RequestJson.TryReadObject(variables, out var values)
            && query["extensions"] is { Count: <= 1 } extensions && RequestJson.TryReadObject(extensions, out _))
            return (new OperationRequest(document, name, values), null);
        return (null, RequestJson.Malformed("'query' must be given once; 'variables' and 'extensions' must be JSON objects."));
    }

    private Refused TooLarge() => Refused.Request(413, Codes.PayloadTooLarge, $"The body is longer than {_maxBytes} bytes.");

    private static Refused TooSlow() => Refused.Request(408, Codes.RequestTimeout, "The body did not arrive in time.");

    private async ValueTask<(OperationRequest?, Refused?)> ReadBodyAsync(HttpRequest http, CancellationToken ct)
    {
        while (true)
        {
            var read = await http.BodyReader.ReadAsync(ct);
            var body = read.Buffer;
            if (body.Length > _maxBytes)
            {
                http.BodyReader.AdvanceTo(body.Start);
                return (null, TooLarge());
            }
            if (read.IsCompleted)
            {
                var refused = RequestJson.Read(WithoutMark(body), out var request);
                http.BodyReader.AdvanceTo(body.End);
                return (request, refused);
            }
            http.BodyReader.AdvanceTo(body.Start, body.End);
        }
    }

    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> body)
    {
        var reader = new SequenceReader<byte>(body);
        return reader.IsNext([0xEF, 0xBB, 0xBF], advancePast: true) ? reader.UnreadSequence : body;
    }
}
