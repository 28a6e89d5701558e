using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Why a mutation did not do what was asked, when the caller can do something about it.</summary>
public sealed record UserErrorType(
    [property: System.ComponentModel.Description("What went wrong, for programs.")] UserErrorCode Code,
    [property: System.ComponentModel.Description("What went wrong, for people.")] string Message,
    [property: System.ComponentModel.Description("The path in the input that it concerns, such as [\"content\"].")] IReadOnlyList<string>? Field)
{
    /// <returns>The error for the payload.</returns>
    /// <exception cref="FieldError">It is none that a caller causes: a limit, a lost database. Such errors stand beside the data.</exception>
    internal static UserErrorType From(ChatError error) => Enum.TryParse<UserErrorCode>(error.Code.ToString(), out var code)
        ? new UserErrorType(code, error.Message, error.Field)
        : throw new FieldError(error);
}

/// <summary>The errors that a payload can carry.</summary>
public enum UserErrorCode
{
    /// <summary>A value breaks a rule that its description gives.</summary>
    BadUserInput,

    /// <summary>There is no such thing among the caller's own.</summary>
    NotFound,

    /// <summary>Somebody has that name already, whatever the case of its letters.</summary>
    UsernameTaken,

    /// <summary>The name or the password is wrong; which one is not told.</summary>
    InvalidCredentials,

    /// <summary>A completion runs in this conversation.</summary>
    ConversationBusy,

    /// <summary>The conversation holds no question to answer.</summary>
    NothingToComplete,

    /// <summary>The service has no model of that name.</summary>
    ModelNotAllowed,

    /// <summary>The idempotency key was used before with another input.</summary>
    IdempotencyConflict,

    /// <summary>The question alone is longer than the model can read.</summary>
    ContextOverflow,
}
