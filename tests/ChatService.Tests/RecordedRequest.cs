using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChatService.Tests;

/// <summary>A request that a <see cref="ScriptedProvider"/> received.</summary>
public sealed class RecordedRequest
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RecordedRequest(string path, IHeaderDictionary headers, JsonElement body)
    {
        Path = path;
        Headers = headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Body = body;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public JsonElement Body { get; }

    public bool IsChat => Path.EndsWith("/chat/completions", StringComparison.Ordinal);

    public bool Streams => Body.TryGetProperty("stream", out var stream) && stream.GetBoolean();

    public bool WantsUsage => Body.TryGetProperty("stream_options", out var options) && options.GetProperty("include_usage").GetBoolean();

    public string Model => Body.GetProperty("model").GetString()!;

    /// <summary>The conversation as sent to the model.</summary>
    public IReadOnlyList<(string Role, string Content)> Messages =>
        [.. Body.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString()!, TextOf(message)))];

    public string LastUserMessage => Messages.LastOrDefault(message => message.Role == "user").Content ?? "";

    /// <summary>The texts to embed.</summary>
    public IReadOnlyList<string> Inputs => Body.GetProperty("input") is { ValueKind: JsonValueKind.Array } inputs
        ? [.. inputs.EnumerateArray().Select(input => input.GetString()!)]
        : [Body.GetProperty("input").GetString()!];

    /// <summary>Completes when the request is over: true if the client left before its end.</summary>
    public Task<bool> Aborted => _ended.Task;

    internal void End(bool aborted) => _ended.TrySetResult(aborted);

    private static string TextOf(JsonElement message) => message.GetProperty("content") is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(part => part.GetProperty("text").GetString()))
        : message.GetProperty("content").GetString() ?? "";
}
