using GraphQL.Types;
using GraphQL.Validation;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Runs an operation, whichever transport it came by: the document's checks, the values, the cost, then execution, to one answer or to many.
/// A transport only translates frames.
/// </summary>
public sealed class OperationRunner(
    ISchema schema,
    Documents documents,
    Faults faults,
    AnswerRunner answers,
    StreamRunner streams,
    RequestLimits limits,
    IHostApplicationLifetime lifetime,
    IOptions<GuardOptions> guardOptions)
{
    /// <summary>What is said by a service that stops.</summary>
    internal static readonly Refused Stopping =
        Refused.Request(StatusCodes.Status503ServiceUnavailable, Codes.ShuttingDown, "The service is stopping.", TimeSpan.FromSeconds(1));

    /// <param name="request">What to run.</param>
    /// <param name="caller">As whom.</param>
    /// <param name="allowed">What this way of asking can carry.</param>
    /// <param name="ct">The caller is gone; for a stream, as long as it lasts.</param>
    public async Task<OperationOutcome> RunAsync(OperationRequest request, Caller caller, Allowed allowed, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Stopping;
        try
        {
            var (document, refused) = await documents.CompileAsync(request.Query, ct);
            if (refused is not null)
                return refused;
            if (document!.Find(request.OperationName) is not { } operation)
                return Refused.Document(Codes.BadUserInput, "operationName must name one of the document's operations, and may be left out if there is only one.");
            if (Forbidden(operation, allowed) is { } forbidden)
                return forbidden;
            if (operation.Kind == Allowed.Mutation && limits.RefuseFurther(caller, operation.RootFields.Count - 1) is { } limited)
                return limited;
            using var activity = OperationTelemetry.Begin(operation, caller);
            var arguments = await Documents.ReadArgumentsAsync(operation, request);
            if (!arguments.IsValid)
                return new Refused(400, ErrorReport.From(arguments.Errors), IsDocumentFault: true);
            if (IsTooCostly(operation, arguments))
                return Refused.Document(Codes.QueryTooComplex, $"The lists together ask for more than {guardOptions.Value.MaxListCost} nodes.");
            var outcome = operation.Kind == Allowed.Subscription
                ? await streams.RunAsync(operation, arguments, caller, ct)
                : await answers.RunAsync(operation, arguments, caller, ct);
            activity.End(outcome, caller);
            return outcome;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            return faults.Refuse(exception);
        }
    }

    private static Refused? Forbidden(CompiledOperation operation, Allowed allowed) => operation.Kind switch
    {
        var kind when allowed.HasFlag(kind) => null,
        Allowed.Mutation => Refused.Request(405, Codes.MethodNotAllowed, "Mutations are sent by POST."),
        // Executing it here would answer without data and leave a live stream behind.
        _ => Refused.Request(406, Codes.NotAcceptable, "A subscription needs Accept: text/event-stream, or a WebSocket."),
    };

    private bool IsTooCostly(CompiledOperation operation, IValidationResult arguments)
    {
        var cost = new ListCost(schema, operation.Document, arguments.ArgumentValues, guardOptions.Value);
        var root = operation.Kind switch
        {
            Allowed.Mutation => schema.Mutation,
            Allowed.Subscription => schema.Subscription,
            _ => schema.Query,
        };
        return cost.Of(operation.Definition, root!) > guardOptions.Value.MaxListCost;
    }
}
