using System.Runtime.CompilerServices;
using GraphQL;

namespace ChatService.GraphQL;

/// <summary>An answer as plain values: dictionaries, lists, strings, numbers. Data is null where an error took it.</summary>
public sealed record PlainResult(IReadOnlyDictionary<string, object?>? Data, IReadOnlyList<OperationError> Errors);

/// <summary>What an operation gave: one result, or a stream of them.</summary>
/// <param name="Status">HTTP status for an operation that was refused before it began; null if it ran.</param>
/// <param name="Result">The result; null for a stream.</param>
/// <param name="Stream">The stream. Throws <see cref="StreamCutException"/> if the service ends it.</param>
/// <param name="Held">What the result holds of memory, to be disposed of once it is written.</param>
/// <param name="Run">What the stream owns, to be disposed of also where no result was ever asked for.</param>
public sealed record PlainOutcome(
    int? Status, PlainResult? Result, IAsyncEnumerable<PlainResult>? Stream, IDisposable? Held = null, IAsyncDisposable? Run = null);

/// <summary>
/// Runs an operation for another surface of this process, past the same guard, limits and access rules, without a JSON text
/// in between. The caller is given: how a surface finds out who asks is its own affair.
/// </summary>
public sealed class InProcess(OperationRunner runner)
{
    /// <param name="caller">As whom; <see cref="BearerToken"/> reads it from a request.</param>
    /// <param name="document">A stored document; after the first call it comes out of the cache.</param>
    /// <param name="operationName">Null if the document has one operation.</param>
    /// <param name="variables">Plain values; objects as dictionaries, lists as lists.</param>
    /// <param name="ct">The caller is gone.</param>
    public async Task<PlainOutcome> RunAsync(
        Caller caller, string document, string? operationName, IReadOnlyDictionary<string, object?> variables, CancellationToken ct)
    {
        var request = new OperationRequest(document, operationName, new Inputs(variables.ToDictionary()));
        return await runner.RunAsync(request, caller, Allowed.All, ct) switch
        {
            Refused refused => new PlainOutcome(refused.Status, new PlainResult(null, refused.Errors), null),
            Executed executed => new PlainOutcome(null, ToPlain(executed.Result), null, executed.Held),
            Streaming stream => new PlainOutcome(null, null, ToPlain(stream.Results, ct), Run: stream.Run),
            _ => throw new InvalidOperationException("An outcome is refused, executed or streaming."),
        };
    }

    private static PlainResult ToPlain(OperationResult result)
        => new(result.Data?.ToValue() as IReadOnlyDictionary<string, object?>, result.Errors);

    private static async IAsyncEnumerable<PlainResult> ToPlain(
        IAsyncEnumerable<OperationResult> results, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var result in results.WithCancellation(ct))
            yield return ToPlain(result);
    }
}
