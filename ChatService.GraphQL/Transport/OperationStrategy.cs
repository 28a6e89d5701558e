using System.Collections;
using System.Collections.Concurrent;
using GraphQL;
using GraphQL.DataLoader;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser.AST;
using ExecutionContext = GraphQL.Execution.ExecutionContext;

namespace ChatService.GraphQL;

/// <summary>What the strategies need beyond the library's context.</summary>
public sealed class OperationContext : ExecutionContext
{
    public OperationContext()
    {
    }

    public OperationContext(OperationContext other)
        : base(other) => Fields = other.Fields;

    /// <summary>The fields of each selection set on each type: the document's where every call selects the same, else this call's.</summary>
    public required ConcurrentDictionary<(GraphQLSelectionSet, IGraphType), SelectedField[]> Fields { get; init; }
}

/// <summary>A field of a selection set on a type, with what it takes to make its nodes.</summary>
public sealed class SelectedField(GraphQLField field, FieldType definition)
{
    private readonly IGraphType _type = definition.ResolvedType is NonNullGraphType required ? required.ResolvedType! : definition.ResolvedType!;

    public ExecutionNode BuildNode(ObjectExecutionNode parent) => _type switch
    {
        ScalarGraphType leaf => new ValueExecutionNode(parent, leaf, field, definition, null),
        ListGraphType => new ArrayExecutionNode(parent, _type, field, definition, null),
        _ => new ObjectExecutionNode(parent, _type, field, definition, null),
    };
}

/// <summary>
/// Runs queries and mutations. The library's own collects the fields of every list item anew and takes every leaf through three
/// asynchronous state machines; here fields are collected once for each selection set and type, and what can end at once does.
/// The order is the library's: fields side by side, batches last, root fields of a mutation one after the other; only what is to be
/// <see cref="ReadFirstAttribute">read first</see> is.
/// </summary>
public class OperationStrategy : ParallelExecutionStrategy
{
    public override async Task<ExecutionResult> ExecuteAsync(ExecutionContext context)
    {
        var root = BuildExecutionRootNode(context, GetOperationRootType(context));
        if (context.Operation.Operation == OperationType.Mutation)
        {
            foreach (var field in root.SubFields!)
                await ExecuteNodeTreeAsync(context, field);
        }
        else
        {
            await ExecuteQueryAsync(context, root);
        }
        return new ExecutionResult { Executed = true, Data = root.PropagateNull() ? null : root };
    }

    private async Task ExecuteQueryAsync(ExecutionContext context, RootExecutionNode root)
    {
        var all = root.SubFields!;
        if (Array.Exists(all, IsReadFirst))
        {
            foreach (var field in all.Where(IsReadFirst))
                await ExecuteNodeTreeAsync(context, field);
            root.SubFields = [.. all.Where(field => !IsReadFirst(field))];
        }
        await ExecuteNodeTreeAsync(context, root);
        root.SubFields = all;

        static bool IsReadFirst(ExecutionNode field) => ReadFirstAttribute.IsOn(field.FieldDefinition);
    }

    protected override void SetSubFieldNodes(ExecutionContext context, ObjectExecutionNode parent)
    {
        var type = parent.GetObjectGraphType(context.Schema) ?? parent.GraphType;
        var known = ((OperationContext)context).Fields;
        var key = (parent.SelectionSet!, type);
        if (!known.TryGetValue(key, out var fields))
            known[key] = fields = [.. CollectFieldsFrom(context, type, parent.SelectionSet!, null).Values.Select(f => new SelectedField(f.field, f.fieldType))];
        var nodes = new ExecutionNode[fields.Length];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = fields[i].BuildNode(parent);
        parent.SubFields = nodes;
    }

    protected override Task ExecuteNodeAsync(ExecutionContext context, ExecutionNode node)
    {
        if (node is RootExecutionNode || node.Parent is ArrayExecutionNode)
            return Task.CompletedTask;
        try
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var resolved = SelectResolver(node, context).ResolveAsync(new ReadonlyResolveFieldContext(node, context));
            if (!resolved.IsCompletedSuccessfully)
                return AwaitAsync(context, node, resolved);
            node.Result = resolved.Result;
            return node.Result is IDataLoaderResult ? Task.CompletedTask : CompleteNodeAsync(context, node);
        }
        catch (Exception exception)
        {
            return FailAsync(context, node, exception);
        }
    }

    protected override Task CompleteNodeAsync(ExecutionContext context, ExecutionNode node)
    {
        try
        {
            if (node is ValueExecutionNode leaf)
                node.Result = leaf.GraphType.Serialize(node.Result);
            ValidateNodeResult(context, node);
            return node switch
            {
                { Result: null } => Task.CompletedTask,
                ArrayExecutionNode list => CompleteListAsync(context, list),
                ObjectExecutionNode parent => SetFields(context, parent),
                _ => Task.CompletedTask,
            };
        }
        catch (Exception exception)
        {
            return FailAsync(context, node, exception);
        }
    }

    protected override async Task SetArrayItemNodesAsync(ExecutionContext context, ArrayExecutionNode parent)
    {
        var itemType = ((ListGraphType)parent.GraphType).ResolvedType!;
        var values = (IEnumerable)parent.Result!;
        if (itemType is NonNullGraphType { ResolvedType: ScalarGraphType scalar } && scalar.CanSerializeList(values, allowNulls: false))
        {
            parent.SerializedResult = scalar.SerializeList(values);
            return;
        }
        var items = new List<ExecutionNode>((values as ICollection)?.Count ?? 0);
        if (values is IList list)
        {
            // Some lists of the library have no other way through them.
            for (var i = 0; i < list.Count; i++)
                await AddAsync(list[i]);
        }
        else
        {
            foreach (var value in values)
                await AddAsync(value);
        }
        parent.Items = items;

        Task AddAsync(object? value)
        {
            var item = BuildExecutionNode(parent, itemType, parent.Field, parent.FieldDefinition, items.Count);
            item.Result = value;
            items.Add(item);
            return value is IDataLoaderResult ? Task.CompletedTask : CompleteNodeAsync(context, item);
        }
    }

    private async Task CompleteListAsync(ExecutionContext context, ArrayExecutionNode list)
    {
        try
        {
            await SetArrayItemNodesAsync(context, list);
        }
        catch (Exception exception)
        {
            await FailAsync(context, list, exception);
        }
    }

    private Task SetFields(ExecutionContext context, ObjectExecutionNode parent)
    {
        SetSubFieldNodes(context, parent);
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(ExecutionContext context, ExecutionNode node, ValueTask<object?> pending)
    {
        try
        {
            node.Result = await pending;
        }
        catch (Exception exception)
        {
            await FailAsync(context, node, exception);
            return;
        }
        if (node.Result is not IDataLoaderResult)
            await CompleteNodeAsync(context, node);
    }

    private async Task FailAsync(ExecutionContext context, ExecutionNode node, Exception exception)
    {
        if (exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested)
            throw new OperationCanceledException(exception.Message, exception, context.CancellationToken);
        if (exception is ExecutionError error)
            SetNodeError(context, node, error);
        else
            await ProcessNodeUnhandledExceptionAsync(context, node, exception);
    }
}
