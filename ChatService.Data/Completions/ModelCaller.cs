using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI.Chat;

namespace ChatService.Data;

/// <summary>One piece of what a provider sends. Any part may be missing; the finish reason comes once, the usage at most once.</summary>
internal readonly record struct AnswerPiece(string? Text, FinishReason? FinishReason, int? InputTokens, int? OutputTokens);

/// <summary>The provider failed, in the service's own terms; the inner exception is for the log.</summary>
internal sealed class ProviderException(CompletionErrorCode code, Exception? inner) : Exception($"Provider: {code}", inner)
{
    public CompletionErrorCode Code { get; } = code;
}

/// <summary>
/// Asks a model, with a deadline for each step. One more try is made only where the provider cannot have begun to answer:
/// not a byte had come, and the fault was the connection's or the provider's own.
/// </summary>
internal sealed class ModelCaller(IOptions<CompletionOptions> options, TimeProvider time)
{
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromSeconds(5);

    /// <exception cref="ProviderException">The provider failed, or ended without giving a finish reason.</exception>
    public async IAsyncEnumerable<AnswerPiece> AskAsync(
        ChatModel model, Prompt prompt, float? temperature, int maxOutputTokens, [EnumeratorCancellation] CancellationToken ct)
    {
        var settings = new OpenAIPromptExecutionSettings { MaxTokens = maxOutputTokens, Temperature = temperature };
        using var total = new CancellationTokenSource(options.Value.TotalTimeout, time);
        for (var attempt = 1; ; attempt++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, total.Token);
            await using var pieces = model.Service.GetStreamingChatMessageContentsAsync(prompt.History, settings, null, stop.Token)
                .Select(PieceOf).GetAsyncEnumerator(stop.Token);
            var begun = false;
            var finished = false;
            TimeSpan? again = null;
            while (again is null)
            {
                AnswerPiece piece;
                try
                {
                    var limit = begun ? options.Value.TokenTimeout : options.Value.FirstTokenTimeout;
                    if (!await pieces.MoveNextAsync().AsTask().WaitAsync(limit, time, stop.Token)) break;
                    piece = pieces.Current;
                }
                catch (Exception fault) when (!ct.IsCancellationRequested)
                {
                    await stop.CancelAsync();
                    if (finished) break;
                    again = attempt == 1 && !begun ? WaitBeforeRetry(fault) : null;
                    if (again is null) throw new ProviderException(CodeOf(fault, begun), fault);
                    continue;
                }

                begun = true;
                finished |= piece.FinishReason is not null;
                yield return piece;
            }

            if (finished) yield break;
            if (again is null) throw new ProviderException(begun ? CompletionErrorCode.ProviderIncomplete : CompletionErrorCode.ProviderError, null);
            await Task.Delay(again.Value, time, ct);
        }
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

    /// <summary>How long to wait before the one retry; null where there is none.</summary>
    private static TimeSpan? WaitBeforeRetry(Exception fault)
    {
        if (StatusOf(fault) is not { } status)
            return fault is HttpRequestException or IOException || fault.InnerException is HttpRequestException or IOException ? TimeSpan.Zero : null;
        if (status is not (429 or 500 or 502 or 503 or 504)) return null;
        var wait = RetryAfterOf(fault) ?? TimeSpan.FromMilliseconds(250);
        return wait <= _longestRetryAfter ? wait : null;
    }

    private static CompletionErrorCode CodeOf(Exception fault, bool begun) => StatusOf(fault) switch
    {
        429 or 503 => CompletionErrorCode.ProviderUnavailable,
        408 or 504 => CompletionErrorCode.ProviderTimeout,
        not null => CompletionErrorCode.ProviderError,
        null when fault is TimeoutException or OperationCanceledException => CompletionErrorCode.ProviderTimeout,
        null when begun => CompletionErrorCode.ProviderIncomplete,
        null when fault is HttpRequestException { HttpRequestError: not HttpRequestError.InvalidResponse }
            || fault.InnerException is HttpRequestException => CompletionErrorCode.ProviderUnavailable,
        null => CompletionErrorCode.ProviderError,
    };

    private static int? StatusOf(Exception fault) => fault switch
    {
        HttpOperationException { StatusCode: { } status } => (int)status,
        ClientResultException { Status: > 0 } result => result.Status,
        HttpRequestException { StatusCode: { } status } => (int)status,
        _ => null,
    };

    private static TimeSpan? RetryAfterOf(Exception fault)
    {
        var result = fault as ClientResultException ?? fault.InnerException as ClientResultException;
        return result?.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var value) == true && int.TryParse(value, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
