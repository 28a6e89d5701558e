using System.Text.Json;
using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

/// <summary>
/// A coded error of one field, for queries and subscriptions, whose types have no place for errors as payloads do:
/// <c>throw new FieldError(error)</c>. It is an answer, not a fault: nothing is logged and nothing is masked.
/// </summary>
public sealed class FieldError(ChatError error) : ExecutionError(error.Message)
{
    public FieldError(ErrorCode code, string message)
        : this(new ChatError(code, message))
    {
    }

    public ChatError Error { get; } = error;
}

public static class ErrorCodeNames
{
    private static readonly Dictionary<ErrorCode, string> _names = Enum.GetValues<ErrorCode>()
        .ToDictionary(code => code, code => JsonNamingPolicy.SnakeCaseUpper.ConvertName(code.ToString()));

    /// <summary>The code as callers read it: <c>NotFound</c> is NOT_FOUND.</summary>
    public static string ToWire(this ErrorCode code) => _names[code];
}

public static class ResultExtensions
{
    /// <summary>For fields that have no payload to carry an error.</summary>
    /// <exception cref="FieldError">The result is an error.</exception>
    public static T OrThrow<T>(this Result<T> result) => result.Failed ? throw new FieldError(result.Error) : result.Value;
}
