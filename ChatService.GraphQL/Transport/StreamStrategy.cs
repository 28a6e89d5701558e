using System.Runtime.CompilerServices;
using GraphQL;
using GraphQL.Execution;
using ExecutionContext = GraphQL.Execution.ExecutionContext;

namespace ChatService.GraphQL;

/// <summary>
/// Runs subscriptions by pulling: an item is taken from its source when the reader asks for the next result, and not before.
/// A slow reader therefore holds one result and no queue; what piles up does so in the source, which is a log that is kept anyway.
/// </summary>
public sealed class StreamStrategy(OperationStrategy events) : SubscriptionExecutionStrategy(events)
{
    /// <returns>Null if the source could not be opened; the context then holds the error.</returns>
    public async Task<IAsyncEnumerable<ExecutionResult>?> OpenAsync(OperationContext context)
    {
        // One root field: validation has seen to that.
        var node = BuildExecutionRootNode(context, GetOperationRootType(context)).SubFields![0];
        try
        {
            var source = await ((StreamOpener)node.FieldDefinition.StreamResolver!).OpenAsync(new ReadonlyResolveFieldContext(node, context));
            return ReadAsync(context, node, source);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            context.Errors.Add(await ToErrorAsync(context, node, exception));
            return null;
        }
    }

    protected override ExecutionContext CloneExecutionContext(ExecutionContext context, CancellationToken token)
        => new OperationContext((OperationContext)context)
        {
            Fields = ((OperationContext)context).Fields,
            Errors = [],
            OutputExtensions = [],
            Metrics = context.Metrics,
            CancellationToken = token,
        };

    private async IAsyncEnumerable<ExecutionResult> ReadAsync(
        OperationContext context, ExecutionNode node, IAsyncEnumerable<object?> source, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var items = source.GetAsyncEnumerator(context.CancellationToken);
        while (true)
        {
            ExecutionError? error = null;
            try
            {
                if (!await items.MoveNextAsync())
                    yield break;
            }
            catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception)
            {
                error = await ToErrorAsync(context, node, exception);
            }
            if (error is not null)
            {
                yield return new ExecutionResult(error) { Executed = true };
                yield break;
            }
            using var child = CloneExecutionContext(context, context.CancellationToken);
            yield return await ProcessDataAsync(child, node, items.Current);
        }
    }

    private async Task<ExecutionError> ToErrorAsync(ExecutionContext context, ExecutionNode node, Exception exception)
    {
        var error = exception as ExecutionError ?? await HandleExceptionAsync(context, node, exception, Faults.Message);
        error.Path = node.ResponsePath;
        return error.AddLocation(node.Field, context.Document);
    }
}
