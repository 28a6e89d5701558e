using System.IO.Compression;
using System.Text;

namespace ChatService.Tests;

/// <summary>Headers that are wrong, or at least odd.</summary>
internal static class HostileHeaders
{
    public static readonly (string Name, string Value)[] All =
    [
        .. new[]
        {
            "", ";", "application", "application/", "/json", "application/json;", "application/json; charset", "application/json; charset=", "application/json; charset=utf-7", "application/json; charset=utf-16",
            "application/json; charset=\"utf-8", "application/json; charset=nothing", "application/json, text/plain", "application/*", "*/*", "text/plain", "text/plain; application/json", "text/json",
            "multipart/form-data", "multipart/form-data; boundary=a", "application/x-www-form-urlencoded", "application/graphql", "application/problem+json", "application/jsonn", "é/é", new string('a', 8_000),
        }.Select(value => ("Content-Type", value)),
        .. new[] { "", ",", ";q=", "a", "*/*;q=2", "*/*;q=-1", "application/json;q=nan", "application/json;q=0", "text/event-stream;q=0", "text/html", "é", "*/*,*/*,*/*", new string(',', 5_000), "application/graphql-response+json; charset=utf-16" }
            .Select(value => ("Accept", value)),
        .. new[]
        {
            "", "Bearer", "Bearer ", "Bearer  x", "bearer x y", "Basic YTpi", "Digest a", "Bearer chat_1_", "Bearer chat_-1_a", "Bearer chat_9223372036854775808_a", "Bearer chat_1_' OR 1=1 --", "Bearer é", "Bearer " + new string('a', 512),
            "Bearer " + new string('a', 20_000), "Bearer chat__", "Bearer null", "Bearer undefined", "Bearer eyJhbGciOiJub25lIn0.e30.", "x", ",",
        }.Select(value => ("Authorization", value)),
        .. new[] { "null", "", "http://", "é", "javascript:alert(1)", "http://localhost.example", "file://", "http://[::1", "http://localhost:99999999", new string('o', 5_000) }.Select(value => ("Origin", value)),
        .. new[] { "", "websocket", "h2c", "websocket, h2c" }.Select(value => ("Upgrade", value)),
        ("Expect", "everything"), ("Range", "bytes=0-"), ("Range", "bytes=-1,-2"), ("If-None-Match", "*"), ("Cookie", "session=1; a=\u0001"), ("X-Http-Method-Override", "DELETE"),
        ("Accept-Language", new string('f', 5_000)), ("Accept-Charset", "utf-7"), ("Accept-Encoding", "gzip;q=nan"), ("traceparent", "00-zz"), ("traceparent", new string('0', 500)), ("Content-Language", "é"), ("Connection", "close, close"),
    ];

    /// <summary>Ten mebibytes of JSON in ten kibibytes.</summary>
    public static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(Encoding.ASCII.GetBytes("""{"query":"{ __typename }"}""".PadRight(10 * 1024 * 1024)));
        return packed.ToArray();
    }
}
