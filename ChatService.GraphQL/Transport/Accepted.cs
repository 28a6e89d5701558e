using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ChatService.GraphQL;

/// <summary>
/// What a client takes, read from its Accept header. Types are compared whole: the framework's own matching takes
/// application/graphql-response+json for application/json, and the two have different status codes.
/// </summary>
/// <param name="Json">The JSON type to answer with; null if it takes none.</param>
/// <param name="EventStream">It takes an event stream.</param>
/// <param name="PrefersEventStream">Rather than JSON.</param>
/// <param name="PrefersHtml">It is a browser that wants a page.</param>
public sealed record Accepted(string? Json, bool EventStream, bool PrefersEventStream, bool PrefersHtml)
{
    public const string GraphQLResponse = "application/graphql-response+json";
    public const string PlainJson = "application/json";
    public const string Events = "text/event-stream";
    public const string Html = "text/html";

    private static readonly Accepted _anything = new(PlainJson, false, false, false);

    public static Accepted From(StringValues header)
    {
        if (string.IsNullOrWhiteSpace(header))
            return _anything;
        // Well-formed parts count, whatever stands beside them; if there are none, the header says nothing.
        var types = header.SelectMany(line => (line ?? "").Split(','))
            .Select(part => MediaTypeHeaderValue.TryParse(part, out var type) ? type : null)
            .OfType<MediaTypeHeaderValue>()
            .ToList();
        if (types.Count == 0)
            return _anything;

        var wanted = types.Where(t => t.Quality is not 0).OrderByDescending(t => t.Quality ?? 1).Select(t => t.MediaType.Value!.ToLowerInvariant()).ToList();
        var json = wanted.Find(t => t is GraphQLResponse or PlainJson)
            ?? (wanted.Exists(t => t is "*/*" or "application/*") ? PlainJson : null);
        var first = wanted.Find(t => t is GraphQLResponse or PlainJson or Events or Html);
        var events = wanted.Contains(Events);
        return new Accepted(json, events, events && (first == Events || json is null), first == Html);
    }

    public bool Nothing([NotNullWhen(false)] out string? json)
    {
        json = Json ?? (EventStream ? PlainJson : null);
        return json is null;
    }
}
