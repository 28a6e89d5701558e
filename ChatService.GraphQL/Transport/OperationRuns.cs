using System.Collections.Concurrent;
using GraphQL;
using GraphQL.Instrumentation;
using GraphQL.Types;
using GraphQL.Validation;

namespace ChatService.GraphQL;

/// <summary>Opens what an operation needs to run.</summary>
public sealed class OperationRuns(ISchema schema, Faults faults, TextLimits texts, IServiceScopeFactory scopes)
{
    /// <param name="operation">What is to run.</param>
    /// <param name="arguments">Its values; they are valid.</param>
    /// <param name="caller">As whom.</param>
    /// <param name="stream">Its place among the streams, if it has one: whoever ends that ends the run.</param>
    /// <param name="ct">Ends the run, too.</param>
    public OperationRun Open(CompiledOperation operation, IValidationResult arguments, Caller caller, StreamLease? stream, CancellationToken ct)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(caller);
        var life = CancellationTokenSource.CreateLinkedTokenSource(ct, stream?.Ended ?? CancellationToken.None);
        var context = BuildContext(operation, arguments, scope.ServiceProvider, life.Token);
        return new OperationRun(context, scope, life, texts.Open(caller, life), stream);
    }

    private OperationContext BuildContext(
        CompiledOperation operation, IValidationResult arguments, IServiceProvider services, CancellationToken ct) => new()
        {
            Schema = schema,
            Document = operation.Document,
            Operation = operation.Definition,
            Variables = arguments.Variables ?? Variables.None,
            // Where fields are merged, the merged ones are added while the operation runs, from several threads.
            ArgumentValues = operation.IsStatic ? arguments.ArgumentValues : Writable(arguments.ArgumentValues),
            DirectiveValues = operation.IsStatic ? arguments.DirectiveValues : Writable(arguments.DirectiveValues),
            Fields = operation.IsStatic ? operation.Fields : new(),
            Errors = [],
            InputExtensions = Inputs.Empty,
            OutputExtensions = [],
            UserContext = new Dictionary<string, object?>(),
            ExecutionStrategy = operation.Kind == Allowed.Subscription ? OperationRun.Streams : OperationRun.Answers,
            Metrics = Metrics.None,
            Listeners = [],
            RequestServices = services,
            UnhandledExceptionDelegate = faults.MaskAsync,
            CancellationToken = ct,
        };

    private static ConcurrentDictionary<TKey, TValue>? Writable<TKey, TValue>(IReadOnlyDictionary<TKey, TValue>? values)
        where TKey : notnull => values is null ? null : new(values);
}
