using System.Collections.Frozen;
using System.Text.Json;

namespace ChatService.Rest;

/// <summary>Why a request was refused. Clients see the name in capitals: BAD_USER_INPUT.</summary>
internal enum ProblemCode
{
    Unauthenticated,
    InvalidCredentials,
    NotFound,
    BadUserInput,
    UsernameTaken,
    NothingToComplete,
    ConversationBusy,
    IdempotencyConflict,
    ContextOverflow,
    ModelNotAllowed,
    CursorExpired,
    CompletionCancelled,
    GraphqlParseFailed,
    GraphqlValidationFailed,
    MethodNotAllowed,
    NotAcceptable,
    OriginRefused,
    QueryTooLarge,
    QueryTooComplex,
    BatchingDisabled,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
    RateLimited,
    TooManyStreams,
    Overloaded,
    ProviderError,
    ProviderIncomplete,
    ProviderUnavailable,
    ProviderTimeout,
    StorageUnavailable,
    StorageFull,
    ShuttingDown,
    Internal,
}

internal static class ProblemCodes
{
    private static readonly FrozenDictionary<string, ProblemCode> _byWireName =
        Enum.GetValues<ProblemCode>().ToFrozenDictionary(WireName);

    public static string WireName(this ProblemCode code) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(code.ToString());

    /// <returns>Null for a code that the facade does not know.</returns>
    public static ProblemCode? Parse(string wireName) => _byWireName.TryGetValue(wireName, out var code) ? code : null;

    /// <summary>The code for an answer that the framework gave: no route, another method, an unreadable request.</summary>
    public static ProblemCode FromStatus(int status) => status switch
    {
        401 => ProblemCode.Unauthenticated,
        403 => ProblemCode.OriginRefused,
        404 => ProblemCode.NotFound,
        405 => ProblemCode.MethodNotAllowed,
        406 => ProblemCode.NotAcceptable,
        408 => ProblemCode.RequestTimeout,
        413 => ProblemCode.PayloadTooLarge,
        415 => ProblemCode.UnsupportedMediaType,
        429 => ProblemCode.RateLimited,
        503 => ProblemCode.Overloaded,
        >= 500 => ProblemCode.Internal,
        _ => ProblemCode.BadUserInput,
    };
}
