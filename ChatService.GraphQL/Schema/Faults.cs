using ChatService.Data;
using GraphQL.Execution;

namespace ChatService.GraphQL;

/// <summary>The one place where exceptions of resolvers become errors: a fixed text for the caller, the exception for the log, once.</summary>
public sealed partial class Faults(ILogger<Faults> logger)
{
    /// <summary>All that a caller learns of a bug.</summary>
    public const string Message = "Something went wrong on our side.";

    private static readonly ChatError _internal = new(ErrorCode.Internal, Message);

    private static readonly ChatError _unavailable =
        new(ErrorCode.StorageUnavailable, "The database cannot be reached. Try again.", RetryAfter: TimeSpan.FromSeconds(1));

    private static readonly ChatError _full =
        new(ErrorCode.StorageFull, "The database has no space left. Reading goes on.", RetryAfter: TimeSpan.FromSeconds(60));

    private static readonly ChatError _overloaded =
        new(ErrorCode.Overloaded, "The database has too much to do. Try again.", RetryAfter: TimeSpan.FromSeconds(1));

    public Task MaskAsync(UnhandledExceptionContext context)
    {
        context.Exception = new FieldError(Mask(context.FieldContext?.FieldDefinition.Name, context.OriginalException));
        return Task.CompletedTask;
    }

    /// <summary>The same for what breaks outside of any field: 503 where trying again may help.</summary>
    public Refused Refuse(Exception exception)
    {
        var error = Mask(null, exception);
        var status = error.Code switch
        {
            ErrorCode.Internal => 500,
            ErrorCode.StorageUnavailable or ErrorCode.StorageFull or ErrorCode.Overloaded or ErrorCode.ShuttingDown => 503,
            _ => 400,
        };
        return Refused.Request(status, error.Code.ToWire(), error.Message, error.RetryAfter);
    }

    private ChatError Mask(string? field, Exception exception)
    {
        switch (exception)
        {
            // An answer that came too late for a result, and no fault.
            case ChatException { Error: var error }:
                return error;
            case StorageException { Fault: var fault }:
                LogStorage(exception, field, fault, RequestId.OrNull);
                return fault switch
                {
                    StorageFault.Unavailable => _unavailable,
                    StorageFault.Full => _full,
                    StorageFault.Overloaded => _overloaded,
                };
            default:
                LogFault(exception, field, RequestId.OrNull);
                return _internal;
        }
    }

    [LoggerMessage(LogLevel.Error, "The field {Field} failed, of request {Request}")]
    private partial void LogFault(Exception exception, string? field, string? request);

    [LoggerMessage(LogLevel.Warning, "The field {Field} had no database: {Fault}, of request {Request}")]
    private partial void LogStorage(Exception exception, string? field, StorageFault fault, string? request);
}
