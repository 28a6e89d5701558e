using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>A request that means no good, and what any answer to it must be like.</summary>
/// <param name="What">Names it where it fails.</param>
internal sealed record HostileRequest(string What, HttpMethod Method, string Path, byte[]? Body = null, params (string Name, string Value)[] Headers)
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Words that only the inside of the service uses.</summary>
    private static readonly string[] _inside = ["Exception", "System.", "   at ", "Did you mean", "SQLite", "Npgsql", "SELECT", "INTERNAL", "ChatService"];

    public static HostileRequest Post(string what, string path, string json, params (string Name, string Value)[] headers) =>
        new(what, HttpMethod.Post, path, Encoding.UTF8.GetBytes(json), headers);

    /// <returns>What is wrong with the answer, or null, and how long it took.</returns>
    public async Task<(string? Fault, TimeSpan Time)> SendAsync(HttpClient client)
    {
        var watch = Stopwatch.StartNew();
        // As it is: neither dots nor escapes are tidied away.
        var uri = new Uri(client.BaseAddress!.GetLeftPart(UriPartial.Authority) + Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(Method, uri);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            if (Headers.All(header => header.Name != "Content-Type")) request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        return (Judge((int)response.StatusCode, response, body) is { } fault ? $"{What}: {fault}" : null, watch.Elapsed);
    }

    private static string? Judge(int status, HttpResponseMessage response, byte[] body)
    {
        if (status >= 500) return $"{status}";
        if (response.Headers.Contains("Set-Cookie")) return "sets a cookie";
        try
        {
            var text = _strict.GetString(body);
            var type = response.Content.Headers.ContentType?.MediaType;
            if (type is "text/event-stream") return Words(text, status);
            // What the server itself refuses, before it knows what is asked, has a status alone.
            if (text.Length == 0) return response.Headers.ConnectionClose == true ? null : $"{status} without a word";
            if (type is "text/html" or "text/plain") return null;
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (status >= 400)
            {
                var error = type == "application/problem+json" ? root : root.GetProperty("errors")[0].GetProperty("extensions");
                if (error.GetProperty("code").GetString() is not { Length: > 0 } || error.GetProperty("requestId").GetString() is not { Length: > 0 }) return "no code";
            }

            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errors", out var errors) && errors.GetArrayLength() > 5) return "more than five errors";
            return Words(text, status);
        }
        catch (Exception fault) when (fault is JsonException or DecoderFallbackException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{status} {fault.Message}";
        }
    }

    private static string? Words(string text, int status) =>
        (status >= 400 || text.Contains("\"errors\":[{", StringComparison.Ordinal))
        && _inside.FirstOrDefault(word => text.Contains(word, StringComparison.Ordinal)) is { } word ? $"{status} speaks of {word}: {text}" : null;
}
