using GraphQL.Execution;
using GraphQLParser;

namespace ChatService.GraphQL;

/// <summary>An error as a caller reads it: masked, coded, and safe to send.</summary>
public sealed record OperationError(
    string Code,
    string Message,
    IReadOnlyList<Location>? Locations = null,
    IEnumerable<object>? Path = null,
    TimeSpan? RetryAfter = null);

/// <summary>One answer; <c>Data</c> is the executed tree, null where an error took everything with it.</summary>
public sealed record OperationResult(ExecutionNode? Data, IReadOnlyList<OperationError> Errors);

/// <summary>
/// What became of a request. Whether execution began decides the HTTP status and the WebSocket frame,
/// not whether there are errors; so the three cases are types.
/// </summary>
public abstract record OperationOutcome;

/// <summary>Execution never began.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Errors">Why; at least one.</param>
/// <param name="IsDocumentFault">
/// The fault is in the document or its variables: then the status is 200 for application/json, whose older clients take
/// anything else for a broken network. Any other status stays whatever the media type.
/// </param>
public sealed record Refused(int Status, IReadOnlyList<OperationError> Errors, bool IsDocumentFault = false) : OperationOutcome
{
    public static Refused Document(string code, string message) => new(400, [new OperationError(code, message)], IsDocumentFault: true);

    public static Refused Request(int status, string code, string message, TimeSpan? retryAfter = null)
        => new(status, [new OperationError(code, message, RetryAfter: retryAfter)]);
}

/// <param name="Result">The answer.</param>
/// <param name="Held">What it holds of memory, to be disposed of once it is written.</param>
public sealed record Executed(OperationResult Result, IDisposable? Held = null) : OperationOutcome;

/// <summary>A subscription.</summary>
/// <param name="Results">
/// The next one is made only when it is asked for; leaving the loop disposes the source.
/// Throws <see cref="StreamCutException"/> if the service ends it: the session is over, or the process stops.
/// </param>
/// <param name="Run">What it owns, its place among the streams with it; to be disposed of also where no result was ever asked for.</param>
public sealed record Streaming(IAsyncEnumerable<OperationResult> Results, IAsyncDisposable Run) : OperationOutcome;

/// <summary>A stream that ended before its source did.</summary>
public sealed class StreamCutException(OperationError error) : Exception(error.Message)
{
    public OperationError Error { get; } = error;
}
