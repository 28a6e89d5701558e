using System.Runtime.CompilerServices;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Validation;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>Runs subscriptions: each has answers until its source, the caller or the service ends it.</summary>
public sealed class StreamRunner(OperationRuns runs, OpenStreams streams, IOptions<TransportOptions> options)
{
    private readonly int _maxAnswerLength = options.Value.MaxAnswerLength;

    /// <param name="operation">What to run.</param>
    /// <param name="arguments">Its values; they are valid.</param>
    /// <param name="caller">As whom.</param>
    /// <param name="ct">As long as the caller listens.</param>
    public async Task<OperationOutcome> RunAsync(CompiledOperation operation, IValidationResult arguments, Caller caller, CancellationToken ct)
    {
        if (streams.TryOpen(caller) is not { } stream)
            return OpenStreams.Full;
        var run = runs.Open(operation, arguments, caller, stream, ct);
        try
        {
            if (await run.OpenAsync() is { } results)
                return new Streaming(ReadAsync(results, run, stream, ct), run);
        }
        catch (OperationCanceledException) when (run.Text.Refusal is { } tooMuch)
        {
            await run.DisposeAsync();
            return tooMuch;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
        await run.DisposeAsync();
        return new Executed(new OperationResult(null, ErrorReport.From(run.Context.Errors)));
    }

    private async IAsyncEnumerable<OperationResult> ReadAsync(
        IAsyncEnumerable<ExecutionResult> results, OperationRun run, StreamLease stream, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var reader = results.GetAsyncEnumerator(CancellationToken.None);
        while (true)
        {
            try
            {
                run.Text.Listen();
                if (!await reader.MoveNextAsync())
                    yield break;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested && (stream.Reason ?? (run.Text.Refusal as Refused)?.Errors[0]) is { } reason)
            {
                throw new StreamCutException(reason);
            }
            catch (OperationCanceledException) when (run.Text.Refusal is Executed)
            {
                // Told below: whoever comes again would meet it again.
            }
            if (run.Text.Refusal is Executed tooLong)
            {
                yield return tooLong.Result;
                yield break;
            }
            yield return AnswerLength.Bound(_maxAnswerLength, reader.Current.Data as ExecutionNode, reader.Current.Errors);
            run.Text.Renew();
        }
    }
}
