namespace ChatService.Rest;

/// <summary>One stored operation of the public schema, and on whose behalf it runs.</summary>
/// <param name="Name">The operation's name, which is also its file's: CreateMessage.</param>
/// <param name="Document">Its GraphQL text; the same string instance each time.</param>
/// <param name="Variables">Only what was sent, so that the schema's defaults hold; input objects are nested dictionaries.</param>
/// <param name="IsWatched">What it begins is streamed next: it is refused where there is no place for a stream, before anything is begun.</param>
public sealed record Operation(string Name, string Document, IReadOnlyDictionary<string, object?> Variables, Addressed ActsFor, bool IsWatched = false);

/// <summary>
/// What a route addresses. In documented mode the call acts as the owner of that, or as nobody if there is none;
/// in secure mode the bearer token alone decides. A route that addresses nobody acts for its bearer token in both.
/// </summary>
/// <param name="Value">The name as sent, or the number in digits; empty for nobody.</param>
public sealed record Addressed(AddressKind Kind, string Value)
{
    public static Addressed Nobody { get; } = new(AddressKind.Nobody, "");

    public static Addressed UserName(string name) => new(AddressKind.UserName, name);

    public static Addressed User(long id) => new(AddressKind.User, $"{id}");

    public static Addressed Conversation(long id) => new(AddressKind.Conversation, $"{id}");
}

public enum AddressKind
{
    Nobody,
    UserName,
    User,
    Conversation,
}

/// <summary>What came of an operation, or one item of a subscription.</summary>
/// <param name="Status">200, or the HTTP status of a refusal before execution: a bad token, a limit, shutting down.</param>
/// <param name="Data">Dictionaries, lists, strings, numbers, booleans and nulls; an enum value by its name in the schema.</param>
/// <param name="Errors">The top-level errors; empty if there are none. Those of a payload stay in the data.</param>
public sealed record OperationAnswer(int Status, IReadOnlyDictionary<string, object?>? Data, IReadOnlyList<OperationError> Errors);

/// <param name="Code">As in the error's extensions: RATE_LIMITED.</param>
/// <param name="Message">A fixed text, fit for the caller's eyes.</param>
/// <param name="Path">Of the field in the answer that failed, if execution began.</param>
public sealed record OperationError(string Code, string Message, IReadOnlyList<string>? Path, int? RetryAfterSeconds);

/// <summary>Runs a query or mutation, past the same guard, limits and access rules as one that came over the network.</summary>
public delegate Task<OperationAnswer> RunOperation(HttpContext http, Operation operation, CancellationToken ct);

/// <summary>
/// Subscribes, likewise. A refusal is a first and only item, a fault an item with errors and the last one.
/// Ending before the schema says so means that the service is stopping. The source is disposed when the caller has left.
/// </summary>
public delegate IAsyncEnumerable<OperationAnswer> WatchOperation(HttpContext http, Operation operation, CancellationToken ct);
