using Microsoft.Extensions.Logging;

namespace ChatService.Data;

/// <summary>Makes one answer's text: from the first token that its model gives to the last, or to what ended it before.</summary>
internal sealed partial class AnswerMaker(ModelCaller caller, ProviderHealth health, WakeUps wakeUps, ILogger logger)
{
    /// <summary>In UTF-16 code units. No more is kept of an answer, which then ends with LENGTH.</summary>
    private const int LongestText = 1 << 20;

    /// <summary>Nothing escapes: whatever happens ends in a status.</summary>
    public async Task<CompletionEnding> MakeAsync(CompletionRun run, CompletionTelemetry.Call call)
    {
        var ending = new CompletionEnding();
        try
        {
            await FollowAsync(run, call, ending);
            ending = ending with { Status = CompletionStatus.Completed };
        }
        // Whatever a client library makes of a cancelled call.
        catch (Exception) when (run.Stopped.IsCancellationRequested)
        {
            var stopped = run.StopReason == StopReason.Cancelled ? CompletionStatus.Cancelled : CompletionStatus.Interrupted;
            // The answer is whole if its provider has said so; only the count of its tokens was still to come.
            ending = ending with { Status = ending.FinishReason is null ? stopped : CompletionStatus.Completed };
        }
        catch (ProviderException fault)
        {
            LogProviderFault(run.Row.Id, fault.Code, (fault.InnerException ?? fault).GetType().Name);
            ending = ending with { Status = CompletionStatus.Failed, ErrorCode = fault.Code };
        }
        catch (Exception fault)
        {
            LogLost(fault, run.Row.Id);
            ending = ending with { Status = CompletionStatus.Failed, ErrorCode = CompletionErrorCode.Internal };
        }

        call.End(ending);
        if (ending.Status is CompletionStatus.Completed or CompletionStatus.Failed)
            health.Note(run.Model.Name, ending.ErrorCode is CompletionErrorCode.ProviderUnavailable or CompletionErrorCode.ProviderTimeout);
        return ending;
    }

    private async Task FollowAsync(CompletionRun run, CompletionTelemetry.Call call, CompletionEnding ending)
    {
        await foreach (var piece in caller.AskAsync(run.Model, run.Prompt.History, run.Row.Temperature, run.Row.MaxOutputTokens, run.Stopped))
        {
            // First: who has seen all of the text can no longer stop it.
            ending.Note(piece);
            if (piece.Text is { } text && run.Append(text))
            {
                call.Text();
                wakeUps.Wake(run.Key);
            }

            if (run.Length < LongestText) continue;
            // A provider that does not keep to its limit.
            ending.Note(new AnswerPiece(null, FinishReason.Length, null, null));
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Completion {Completion}: the provider failed, {Code} ({Fault})")]
    private partial void LogProviderFault(long completion, CompletionErrorCode code, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Completion {Completion}: its making failed")]
    private partial void LogLost(Exception fault, long completion);
}
