using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ChatService.Rest;

/// <param name="Stream">Whether the answer comes as an event stream.</param>
/// <param name="Content">A new question, stored first: 1 to 131,072 UTF-16 code units, not only white space. Without it the last one is answered.</param>
/// <param name="Model">The name of a configured model; the conversation's if absent.</param>
/// <param name="MaxOutputTokens">The most tokens that the answer may have; the model's own maximum if absent, and never more than that.</param>
/// <param name="Temperature">The provider's default if absent.</param>
/// <param name="Regenerate">Whether to answer anew a question that has an answer.</param>
/// <param name="Recall">Whether the model gets what search finds in the user's other conversations.</param>
internal sealed record CompleteRequest(
    bool Stream = false,
    [property: Length(1, 131_072)] string? Content = null,
    string? Model = null,
    [property: Range(1, int.MaxValue)] int? MaxOutputTokens = null,
    [property: Range(0.0, 2.0)] double? Temperature = null,
    bool? Regenerate = null,
    bool? Recall = null);

internal sealed record CompletionResponse(IReadOnlyList<CompletionChoice> Choices)
{
    public static CompletionResponse From(string content, string finishReason) =>
        new([new CompletionChoice(finishReason, 0, new SaidBy("assistant", content))]);
}

/// <param name="FinishReason">stop, length or content_filter.</param>
internal sealed record CompletionChoice([property: AllowedValues("stop", "length", "content_filter")] string FinishReason, int Index, SaidBy Message);

/// <summary>One event of the stream. The last one is the bare text [DONE].</summary>
internal sealed record CompletionChunk(IReadOnlyList<CompletionDelta> Choices)
{
    public static CompletionChunk From(string content, string? finishReason) =>
        new([new CompletionDelta(finishReason, 0, new SaidBy("assistant", content))]);
}

/// <param name="FinishReason">Null until the chunk after the last piece of text, which has stop, length or content_filter.</param>
internal sealed record CompletionDelta(string? FinishReason, int Index, SaidBy Delta);

internal sealed record SaidBy(string Role, string Content);

/// <summary>The last event of a stream that fails after it began.</summary>
internal sealed record StreamFailure(StreamError Error);

/// <param name="Code">PROVIDER_INCOMPLETE, PROVIDER_TIMEOUT, COMPLETION_CANCELLED, SHUTTING_DOWN, or another of a problem's.</param>
/// <param name="RequestId">Written as in a problem.</param>
internal sealed record StreamError(string Code, string Message, [property: JsonPropertyName("requestId")] string RequestId);
