using System.Text.RegularExpressions;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Validation;

namespace ChatService.GraphQL;

/// <summary>Turns the engine's errors into what a caller may read: our codes, no suggestions, no names of .NET types, at most five.</summary>
public static partial class ErrorReport
{
    private const int MaxErrors = 5;
    private const int MaxMessageLength = 300;

    public static IReadOnlyList<OperationError> From(IEnumerable<ExecutionError>? errors)
        => errors?.Take(MaxErrors).Select(From).ToList() ?? [];

    /// <summary>Messages quote names from the query, and those may be as long as the query.</summary>
    public static string Shorten(string message)
        => message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength), "...");

    /// <summary>Without the literal that the parser or a rule came upon: that may be a password.</summary>
    public static string WithoutLiteral(string message) => Literal().Replace(message, ".");

    private static OperationError From(ExecutionError error) => error switch
    {
        FieldError own => Describe(error, own.Error.Code.ToWire(), own.Error.Message, own.Error.RetryAfter),
        InvalidVariableError or InvalidValueError or InvalidLiteralError => Describe(error, Codes.BadUserInput, Reason(error)),
        DocumentError => Describe(error, Codes.ValidationFailed, WithoutLiteral(WithoutSuggestion(error.Message))),
        _ => Describe(error, Codes.Internal, Faults.Message),
    };

    private static OperationError Describe(ExecutionError error, string code, string message, TimeSpan? retryAfter = null)
        => new(code, Shorten(message), error.Locations, error.Path, retryAfter);

    private static string Reason(ExecutionError error)
    {
        // An exception inside speaks of .NET types; what stands before it names the variable or the argument.
        var end = error.InnerException is null ? -1 : error.Message.IndexOf(". ", StringComparison.Ordinal);
        return WithoutLiteral(WithoutSuggestion(end < 0 ? error.Message : error.Message[..(end + 1)]));
    }

    private static string WithoutSuggestion(string message)
    {
        var start = message.IndexOf(" Did you mean", StringComparison.Ordinal);
        return start < 0 ? message : message[..start];
    }

    [GeneratedRegex(@"(, found (?!null\.?$)|(?<=Unexpected \w+) |(?<=invalid default value) ).*$", RegexOptions.Singleline)]
    private static partial Regex Literal();
}
