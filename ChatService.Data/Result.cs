using System.Diagnostics.CodeAnalysis;

namespace ChatService.Data;

/// <summary>The words for what went wrong. What a caller can cause comes as a value with one of these; faults of the service are exceptions.</summary>
public enum ErrorCode
{
    Unauthenticated,
    BadUserInput,
    NotFound,
    UsernameTaken,
    InvalidCredentials,
    ConversationBusy,
    NothingToComplete,
    ModelNotAllowed,
    IdempotencyConflict,
    ContextOverflow,
    CursorExpired,
    RateLimited,
    Overloaded,
    ShuttingDown,
    StorageUnavailable,
    StorageFull,
    Internal,
}

/// <summary>Why a request was not carried out.</summary>
/// <param name="Message">A fixed text for people: it never repeats what was sent.</param>
/// <param name="Field">The path in the input, outermost first, when one field is at fault.</param>
/// <param name="RetryAfter">When trying again makes sense, if waiting helps.</param>
public sealed record ChatError(ErrorCode Code, string Message, IReadOnlyList<string>? Field = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Absent, malformed and somebody else's are one answer, so that ids tell nothing.</summary>
    public static readonly ChatError NotFound = new(ErrorCode.NotFound, "There is no such object.");

    public static ChatError BadInput(string field, string message) => new(ErrorCode.BadUserInput, message, [field]);
}

/// <summary>Either a value or the error that stands in its place.</summary>
public readonly struct Result<T>
{
    private Result(T? value, ChatError? error) => (Value, Error) = (value, error);

    public T? Value { get; }

    public ChatError? Error { get; }

    [MemberNotNullWhen(true, nameof(Error))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool Failed => Error is not null;

    /// <summary>For values that may be null, which the conversion cannot tell from an error.</summary>
    public static Result<T> Of(T value) => new(value, null);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(ChatError error) => new(default, error);
}
