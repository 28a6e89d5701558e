using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>An answer as it came, but for what differs between any two: its date, its length on the wire and the request's id.</summary>
internal static partial class WholeAnswer
{
    private const int Events = 5;

    public static async Task<string> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Content-Length" or "Transfer-Encoding"))
            .SelectMany(header => header.Value.Select(value => $"{header.Key}: {value}")).Order(StringComparer.Ordinal);
        var body = response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? string.Join('\n', await EventStreamReader.ReadAsync(response).Take(Events).Select(item => $"{item.EventType} {item.Data}").ToListAsync())
            : await response.Content.ReadAsStringAsync();
        return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{RequestId().Replace(body, "")}";
    }

    [GeneratedRegex("\"requestId\":\"[^\"]+\"")]
    private static partial Regex RequestId();
}
