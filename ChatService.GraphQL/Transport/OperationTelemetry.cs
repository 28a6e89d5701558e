using System.Diagnostics;

namespace ChatService.GraphQL;

/// <summary>An activity for each operation, however it came: its kind and its name, never its document or variables.</summary>
/// <seealso href="https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/"/>
public static class OperationTelemetry
{
    /// <summary>Of the host's meter and of its activity source.</summary>
    public const string Name = "ChatService.GraphQL";

    private static readonly ActivitySource _activities = new(Name);

    /// <summary>Of a subscription, the opening; how long it stays open is its reader's affair.</summary>
    public static Activity? Begin(CompiledOperation operation, Caller caller)
    {
        caller.Line?.Began(caller, operation);
        if (!_activities.HasListeners()) return null;
        var kind = operation.KindName;
        return _activities.StartActivity(kind)?.SetTag("graphql.operation.type", kind).SetTag("graphql.operation.name", operation.Name);
    }

    public static void End(this Activity? activity, OperationOutcome outcome, Caller caller)
    {
        if (activity is null && caller.Line is null) return;
        var error = outcome switch
        {
            Refused { Errors: [var first, ..] } => first.Code,
            Executed { Result.Errors: [var first, ..] } => first.Code,
            _ => null,
        };
        if (error is null) return;
        caller.Line?.Ended(error);
        activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
    }
}
