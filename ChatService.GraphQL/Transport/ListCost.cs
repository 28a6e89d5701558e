using System.Collections;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>
/// How many nodes an operation can bring: the product of the page sizes along each path, summed over its paths. Reckoned for
/// each call, since page sizes may be variables, on a validated document, so that fields and arguments are known.
/// </summary>
internal sealed class ListCost(
    ISchema schema,
    GraphQLDocument document,
    IReadOnlyDictionary<GraphQLField, IDictionary<string, ArgumentValue>>? arguments,
    int defaultPageSize)
{
    private const long Ceiling = 1L << 40;

    public long Of(GraphQLOperationDefinition operation, IComplexGraphType rootType) => Of(operation.SelectionSet, rootType);

    private long Of(GraphQLSelectionSet? set, IGraphType? type)
    {
        long sum = 0;
        foreach (var selection in set?.Selections ?? [])
        {
            sum += selection switch
            {
                GraphQLField field => Of(field, type),
                GraphQLInlineFragment inline => Of(inline.SelectionSet, Narrow(type, inline.TypeCondition)),
                GraphQLFragmentSpread spread => document.FindFragmentDefinition(spread.FragmentName.Name.Value) is { } fragment
                    ? Of(fragment.SelectionSet, Narrow(type, fragment.TypeCondition))
                    : 0,
                _ => 0,
            };
        }
        return Math.Min(sum, Ceiling);
    }

    private long Of(GraphQLField field, IGraphType? type)
    {
        if ((type as IComplexGraphType)?.GetField(field.Name.Value) is not { } definition)
            return 0;
        var inner = Of(field.SelectionSet, definition.ResolvedType?.GetNamedType());
        return PageSize(field, definition) is { } size ? Math.Min(Ceiling, size * Math.Max(1, inner)) : inner;
    }

    private long? PageSize(GraphQLField field, FieldType definition)
    {
        IDictionary<string, ArgumentValue>? given = null;
        arguments?.TryGetValue(field, out given);
        if (definition.Arguments?.Find("first") is { } first)
        {
            var asked = Math.Max(Number("first"), Number("last"));
            return asked > 0 ? asked : first.DefaultValue as int? ?? defaultPageSize;
        }
        // Neighbours of a hit.
        if (definition.Arguments?.Find("count") is not null && Number("count") is > 0 and var count)
            return count;
        // A list of keys asks for as many things: Relay's nodes(ids:).
        return definition.ResolvedType is ListGraphType or NonNullGraphType { ResolvedType: ListGraphType }
            ? given?.Values.Select(a => a.Value).OfType<ICollection>().Max(keys => (long?)keys.Count)
            : null;

        long Number(string name) => given is not null && given.TryGetValue(name, out var value) && value.Value is int number ? number : 0;
    }

    private IGraphType? Narrow(IGraphType? type, GraphQLTypeCondition? condition)
        => condition is null ? type : schema.AllTypes[condition.Type.Name.Value];
}
