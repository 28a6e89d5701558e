using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace ChatService.Data;

/// <summary>
/// Answers where no model is configured, so that everything around the model can be tried: it says so, quotes what search has found
/// in the person's own earlier messages, and tells how to set one. The same question about the same messages gets the same words.
/// </summary>
internal sealed class OfflineModel(TimeProvider time, TimeSpan wordDelay) : IChatCompletionService
{
    public const string Name = "offline";

    private const int QuotedCharacters = 280;
    private const int QuotedMessages = 3;

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
        var excerpts = history.OfType<RecalledMessages>().LastOrDefault()?.Excerpts ?? [];
        return $"""
            No language model is configured, so this is the offline responder. You wrote:

            {Quote(question)}

            {Remembered(excerpts)}

            For real answers set Completions:Models (any OpenAI-compatible endpoint), or start with the launch profile "ollama".
            """.ReplaceLineEndings("\n");
    }

    private static string Remembered(IReadOnlyList<Excerpt> excerpts)
    {
        if (excerpts.Count == 0) return "Nothing that you wrote before seems to have to do with it.";
        var quoted = excerpts.Take(QuotedMessages).Select(excerpt => $"{excerpt.Message.CreatedAt:yyyy-MM-dd}:\n\n{Quote(excerpt.Text)}");
        return $"This is what you wrote before that comes nearest to it:\n\n{string.Join("\n\n", quoted)}";
    }

    private static string Quote(string text)
    {
        var end = TextCut.BetweenCharacters(text, Math.Min(text.Length, QuotedCharacters));
        return RecalledMessages.Quote(text[..end]) + (end < text.Length ? "…" : "");
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
