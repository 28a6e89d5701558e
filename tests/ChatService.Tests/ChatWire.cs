using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>The JSON of OpenAI's chat completions, as their server writes it.</summary>
internal static partial class ChatWire
{
    private const string Id = "chatcmpl-scripted";

    public static string Role(string model) => Chunk(model, """{"role":"assistant","content":"","refusal":null}""", null);

    public static string Delta(string model, string text) => Chunk(model, $$$"""{"content":{{{Quote(text)}}}}""", null);

    public static string Finish(string model, string reason) => Chunk(model, "{}", reason);

    public static string Usage(string model, (int Input, int Output) tokens) => Event(ChunkOf(model, choices: "[]", UsageOf(tokens)));

    public static string Event(string data) => $"data: {data}\n\n";

    public static string Whole(string model, string text, string? reason, (int Input, int Output)? tokens)
    {
        var message = $$$"""{"role":"assistant","content":{{{Quote(text)}}},"refusal":null}""";
        var choices = $$$"""[{"index":0,"message":{{{message}}},"logprobs":null,"finish_reason":{{{QuoteOrNull(reason)}}}}]""";
        var usage = tokens is { } counted ? UsageOf(counted) : "null";
        return $$$"""
            {"id":"{{{Id}}}","object":"chat.completion","created":1790000000,"model":{{{Quote(model)}}},"choices":{{{choices}}},"usage":{{{usage}}}}
            """;
    }

    public static string Error(int status)
    {
        var (type, code) = status switch
        {
            400 => ("invalid_request_error", "context_length_exceeded"),
            401 => ("invalid_request_error", "invalid_api_key"),
            429 => ("requests", "rate_limit_exceeded"),
            _ => ("server_error", "server_error"),
        };
        return $$$"""{"error":{"message":"Scripted failure","type":"{{{type}}}","param":null,"code":"{{{code}}}"}}""";
    }

    private static string Chunk(string model, string delta, string? reason) => Event(ChunkOf(
        model, $$$"""[{"index":0,"delta":{{{delta}}},"logprobs":null,"finish_reason":{{{QuoteOrNull(reason)}}}}]""", usage: "null"));

    private static string ChunkOf(string model, string choices, string usage) => $$$"""
        {"id":"{{{Id}}}","object":"chat.completion.chunk","created":1790000000,"model":{{{Quote(model)}}},"choices":{{{choices}}},"usage":{{{usage}}}}
        """;

    private static string UsageOf((int Input, int Output) tokens) =>
        $$$"""{"prompt_tokens":{{{tokens.Input}}},"completion_tokens":{{{tokens.Output}}},"total_tokens":{{{tokens.Input + tokens.Output}}}}""";

    private static string QuoteOrNull(string? text) => text is null ? "null" : Quote(text);

    // Half a surrogate pair must arrive as half a pair, a whole one as UTF-8; the library's encoders do neither.
    private static string Quote(string text) =>
        $"\"{MustBeEscaped().Replace(text, found => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)found.Value[0]:x4}"))}\"";

    [GeneratedRegex(@"[""\\\u0000-\u001f]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]")]
    private static partial Regex MustBeEscaped();
}
