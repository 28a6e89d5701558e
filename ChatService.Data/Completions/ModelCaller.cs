using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI.Chat;

namespace ChatService.Data;

/// <summary>One piece of what a provider sends. Any part may be missing; the finish reason comes once, the usage at most once.</summary>
internal readonly record struct AnswerPiece(string? Text, FinishReason? FinishReason, int? InputTokens, int? OutputTokens);

/// <summary>Asks a model, with a deadline for each step. An answer has ended only if the provider said why.</summary>
internal sealed class ModelCaller(IOptions<CompletionOptions> options, TimeProvider time)
{
    /// <summary>After the finish reason only the usage can come, which is not worth a long wait.</summary>
    private static readonly TimeSpan _forUsage = TimeSpan.FromSeconds(5);

    /// <exception cref="ProviderException">The provider failed, or ended without giving a finish reason.</exception>
    public async IAsyncEnumerable<AnswerPiece> AskAsync(
        ChatModel model, ChatHistory history, float? temperature, int maxOutputTokens, [EnumeratorCancellation] CancellationToken ct)
    {
        var settings = new OpenAIPromptExecutionSettings { MaxTokens = maxOutputTokens, Temperature = temperature };
        using var total = new CancellationTokenSource(options.Value.TotalTimeout, time);
        using var silence = new CancellationTokenSource(options.Value.FirstTokenTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, total.Token, silence.Token);
        await using var pieces = model.Service.GetStreamingChatMessageContentsAsync(history, settings, null, stop.Token)
            .Select(PieceOf).GetAsyncEnumerator(stop.Token);
        var (begun, finished) = (false, false);
        while (true)
        {
            AnswerPiece piece;
            try
            {
                if (!await pieces.MoveNextAsync()) break;
                piece = pieces.Current;
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                if (finished) break;
                throw new ProviderException(CodeOf(fault, begun), fault);
            }

            begun |= piece.Text is { Length: > 0 };
            finished |= piece.FinishReason is not null;
            silence.CancelAfter(finished && _forUsage < options.Value.TokenTimeout ? _forUsage : options.Value.TokenTimeout);
            yield return piece;
        }

        if (!finished) throw new ProviderException(Broken(begun));
    }

    private static AnswerPiece PieceOf(StreamingChatMessageContent content)
    {
        // The SDK's own update is asked first: the layers above it have lost these two before.
        var update = content.InnerContent as StreamingChatCompletionUpdate;
        var reason = update?.FinishReason?.ToString() ?? content.Metadata?.GetValueOrDefault("FinishReason") as string;
        return new AnswerPiece(content.Content, ReasonOf(reason), update?.Usage?.InputTokenCount, update?.Usage?.OutputTokenCount);
    }

    private static FinishReason? ReasonOf(string? reason) => reason?.ToUpperInvariant() switch
    {
        null => null,
        "STOP" => FinishReason.Stop,
        "LENGTH" => FinishReason.Length,
        "CONTENTFILTER" => FinishReason.ContentFilter,
        _ => FinishReason.Other,
    };

    private static CompletionErrorCode CodeOf(Exception fault, bool begun) => fault switch
    {
        OperationCanceledException => CompletionErrorCode.ProviderTimeout,
        ProviderException { Code: not CompletionErrorCode.ProviderIncomplete and var code } => code,
        { InnerException: ProviderException inner } => CodeOf(inner, begun),
        _ => Broken(begun),
    };

    /// <summary>Part of an answer is worth keeping; none at all is just a failure.</summary>
    private static CompletionErrorCode Broken(bool begun) => begun ? CompletionErrorCode.ProviderIncomplete : CompletionErrorCode.ProviderError;
}
