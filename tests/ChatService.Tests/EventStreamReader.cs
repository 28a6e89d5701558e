using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace ChatService.Tests;

/// <summary>Reads server-sent events with .NET's own parser.</summary>
public static class EventStreamReader
{
    /// <summary>The events of a response as they come; comments and heart-beats are not events.</summary>
    public static async IAsyncEnumerable<SseItem<string>> ReadAsync(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken ct = default)
    {
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(ct))
            yield return item;
    }

    /// <summary>Posts JSON, asking for events, and returns as soon as the headers are there.</summary>
    public static async Task<HttpResponseMessage> PostForEventsAsync(this HttpClient http, string path, HttpContent content, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }
}
