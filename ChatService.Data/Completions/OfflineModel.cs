using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace ChatService.Data;

/// <summary>
/// Answers where no model is configured, so that everything around the model can be tried: it says so, quotes the question,
/// and tells how to set one. The same question always gets the same words.
/// </summary>
internal sealed class OfflineModel(TimeProvider time, TimeSpan wordDelay) : IChatCompletionService
{
    public const string Name = "offline";

    private const int QuotedCharacters = 280;

    public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>();

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        var whole = new StringBuilder();
        await foreach (var piece in GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken)) whole.Append(piece.Content);
        return [new ChatMessageContent(AuthorRole.Assistant, whole.ToString())];
    }

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var word in Words(AnswerTo(chatHistory)))
        {
            if (wordDelay > TimeSpan.Zero) await Task.Delay(wordDelay, time, cancellationToken);
            yield return new StreamingChatMessageContent(AuthorRole.Assistant, word);
        }

        yield return new StreamingChatMessageContent(
            AuthorRole.Assistant, null, metadata: new Dictionary<string, object?> { ["FinishReason"] = "stop" });
    }

    private static string AnswerTo(ChatHistory history)
    {
        var question = history.LastOrDefault(m => m.Role == AuthorRole.User)?.Content ?? "";
        var earlier = history.Count(m => m.Role == AuthorRole.User) - 1;
        var remembered = earlier > 0 ? $" You have asked {earlier} other {(earlier == 1 ? "thing" : "things")} in this conversation before." : "";
        return $"""
            No language model is configured, so this is the offline responder. You wrote:

            > {Quote(question)}

            It is stored, and so is this answer.{remembered} For real answers set Completions:Models (any OpenAI-compatible endpoint), or start with the launch profile "ollama".
            """;
    }

    private static string Quote(string question)
    {
        var end = Math.Min(question.Length, QuotedCharacters);
        if (end < question.Length && char.IsHighSurrogate(question[end - 1])) end--;
        return question[..end].ReplaceLineEndings("\n> ") + (end < question.Length ? "…" : "");
    }

    /// <summary>Each word with the white space before it, so that the joined words are the text.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]) || char.IsWhiteSpace(text[i - 1])) continue;
            yield return text[start..i];
            start = i;
        }

        yield return text[start..];
    }
}
