using System.Diagnostics.CodeAnalysis;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Instrumentation;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>
/// Reads the values of variables and arguments for one call. The library visits the whole document twice for that, through its
/// asynchronous visitor, at every call; here the nodes that have something to read are found once for each operation.
/// </summary>
public sealed class ArgumentReader
{
    private readonly ISchema _schema;
    private readonly GraphQLDocument _document;
    private readonly GraphQLOperationDefinition _operation;
    private readonly List<(GraphQLField Field, FieldType Definition)> _withArguments = [];
    private readonly List<IHasDirectivesNode> _withDirectives = [];
    private readonly HashSet<ROM> _visited = [];
    private ValidationContext? _idle;

    public ArgumentReader(ISchema schema, GraphQLDocument document, GraphQLOperationDefinition operation)
    {
        (_schema, _document, _operation) = (schema, document, operation);
        Visit(operation.SelectionSet, operation.Operation switch
        {
            OperationType.Mutation => schema.Mutation,
            OperationType.Subscription => schema.Subscription,
            _ => schema.Query,
        });
    }

    /// <returns>The values, or what is wrong with them.</returns>
    public async ValueTask<IValidationResult> ReadAsync(Inputs inputs)
    {
        // The context remembers where the operation uses its variables; one at a time may use it.
        var context = Interlocked.Exchange(ref _idle, null) ?? new ValidationContext
        {
            Schema = _schema,
            Document = _document,
            Operation = _operation,
            TypeInfo = new TypeInfo(_schema),
            Metrics = Metrics.None,
        };
        context.Variables = inputs;
        var (variables, errors) = await context.GetVariablesValuesAsync();
        context.Variables = Inputs.Empty;
        _idle = context;
        return errors is null ? Read(variables) : new ValidationResult(errors) { Variables = variables };
    }

    private ValidationResult Read(Variables variables)
    {
        List<ValidationError>? errors = null;
        Dictionary<GraphQLField, IDictionary<string, ArgumentValue>>? arguments = null;
        Dictionary<ASTNode, IDictionary<string, DirectiveInfo>>? directives = null;
        foreach (var (field, definition) in _withArguments)
        {
            if (Try(() => ExecutionHelper.GetArguments(definition.Arguments, field.Arguments, variables, _document, field, null), ref errors, out var values))
                (arguments ??= [])[field] = values;
        }
        foreach (var node in _withDirectives)
        {
            if (Try(() => ExecutionHelper.GetDirectives(node, variables, _schema, _document), ref errors, out var values))
                (directives ??= [])[(ASTNode)node] = values;
        }
        return new ValidationResult(errors ?? []) { Variables = variables, ArgumentValues = arguments, DirectiveValues = directives };
    }

    private static bool Try<T>(Func<T?> read, ref List<ValidationError>? errors, [NotNullWhen(true)] out T? values)
        where T : class
    {
        values = null;
        try
        {
            values = read();
        }
        catch (ValidationError error)
        {
            (errors ??= []).Add(error);
        }
        return values is not null;
    }

    private void Visit(GraphQLSelectionSet? set, IGraphType? type)
    {
        foreach (var selection in set?.Selections ?? [])
        {
            if (selection is IHasDirectivesNode { Directives.Count: > 0 } node)
                _withDirectives.Add(node);
            if (selection is GraphQLField field)
                Visit(field, type);
            else if (selection is GraphQLInlineFragment inline)
                Visit(inline.SelectionSet, Narrow(type, inline.TypeCondition));
            else if (selection is GraphQLFragmentSpread spread && _visited.Add(spread.FragmentName.Name.Value)
                && _document.FindFragmentDefinition(spread.FragmentName.Name.Value) is { } fragment)
                Visit(fragment.SelectionSet, Narrow(type, fragment.TypeCondition));
        }
    }

    private void Visit(GraphQLField field, IGraphType? type)
    {
        var definition = field.Name.StringValue switch
        {
            "__schema" => _schema.SchemaMetaFieldType,
            "__type" => _schema.TypeMetaFieldType,
            _ => (type as IComplexGraphType)?.GetField(field.Name.Value),
        };
        if (definition is null)
            return;
        if (field.Arguments is { Count: > 0 })
            _withArguments.Add((field, definition));
        Visit(field.SelectionSet, definition.ResolvedType?.GetNamedType());
    }

    private IGraphType? Narrow(IGraphType? type, GraphQLTypeCondition? condition)
        => condition is null ? type : _schema.AllTypes[condition.Type.Name.Value];
}
