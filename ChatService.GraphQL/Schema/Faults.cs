using ChatService.Data;
using GraphQL.Execution;

namespace ChatService.GraphQL;

/// <summary>The one place where exceptions of resolvers become errors: a fixed text for the caller, the exception for the log, once.</summary>
public sealed partial class Faults(ILogger<Faults> logger)
{
    /// <summary>All that a caller learns of a bug.</summary>
    public const string Message = "Something went wrong on our side.";

    public Task MaskAsync(UnhandledExceptionContext context)
    {
        context.Exception = new FieldError(Mask(context.FieldContext?.FieldDefinition.Name, context.OriginalException));
        return Task.CompletedTask;
    }

    /// <summary>The same for what breaks outside of any field: 503 where trying again may help, else 500.</summary>
    public Refused Refuse(Exception exception)
    {
        var error = Mask(null, exception);
        return Refused.Request(error.Code == ErrorCode.Internal ? 500 : 503, error.Code.ToWire(), error.Message, error.RetryAfter);
    }

    private ChatError Mask(string? field, Exception exception)
    {
        LogFault(field, exception);
        return new ChatError(ErrorCode.Internal, Message);
    }

    [LoggerMessage(LogLevel.Error, "The field {Field} failed.")]
    private partial void LogFault(string? field, Exception exception);
}
