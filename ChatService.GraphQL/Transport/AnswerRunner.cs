using GraphQL.Execution;
using GraphQL.Validation;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>Runs queries and mutations: each has one answer, and a time to come to it.</summary>
public sealed class AnswerRunner(OperationRuns runs, OpenStreams streams, OperationGate gate, IOptions<TransportOptions> options)
{
    private static readonly Refused _late =
        Refused.Request(StatusCodes.Status503ServiceUnavailable, Codes.Overloaded, "The operation took too long.", TimeSpan.FromSeconds(1));

    private readonly TransportOptions _options = options.Value;

    /// <param name="operation">What to run.</param>
    /// <param name="arguments">Its values; they are valid.</param>
    /// <param name="caller">As whom.</param>
    /// <param name="ct">The caller is gone.</param>
    public async Task<OperationOutcome> RunAsync(CompiledOperation operation, IValidationResult arguments, Caller caller, CancellationToken ct)
    {
        // What waits by its nature is bounded as streams are, and must not keep the places of what does not; anything beside it is timed.
        var isTimed = operation.RootFields.Count == 0 || !operation.RootFields.All(_options.UntimedRootFields.Contains);
        using var stream = isTimed ? null : streams.TryOpen(caller);
        using var place = isTimed ? await gate.EnterAsync(caller, ct) : null;
        if (stream is null && place is null)
            return isTimed ? gate.Refuse() : OpenStreams.Full;
        // A database that answers at once would keep the thread to the end, and those who come later from ever seeing who has a share already.
        if (place is not null)
            await Task.Yield();
        await using var run = runs.Open(operation, arguments, caller, stream, ct);
        if (isTimed)
            run.Life.CancelAfter(_options.OperationTimeout);
        try
        {
            var result = await run.ExecuteAsync();
            run.Text.Seal();
            return run.Text.Refusal ?? new Executed(AnswerLength.Bound(_options.MaxAnswerLength, result.Data as ExecutionNode, run.Context.Errors), run.KeepText());
        }
        catch (OperationCanceledException) when (run.Text.Refusal is { } tooMuch)
        {
            return tooMuch;
        }
        catch (OperationCanceledException) when (run.Life.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return stream?.Reason switch
            {
                null => _late,
                { Code: Codes.Unauthenticated } => BearerToken.Refusal,
                _ => OperationRunner.Stopping,
            };
        }
    }
}
