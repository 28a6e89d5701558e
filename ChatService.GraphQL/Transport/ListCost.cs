using System.Collections;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>
/// How many nodes an operation can bring: the product of the list sizes along each path, summed over its paths. A list that takes no
/// size counts as a short one, so that no nesting of lists is free. Reckoned for each call, since page sizes may be variables, on a
/// validated document, so that fields and arguments are known.
/// </summary>
internal sealed class ListCost(
    ISchema schema,
    GraphQLDocument document,
    IReadOnlyDictionary<GraphQLField, IDictionary<string, ArgumentValue>>? arguments,
    GuardOptions options)
{
    // A size is below 2^31 too, so that no product overflows.
    private const long Ceiling = 1L << 31;

    public long Of(GraphQLOperationDefinition operation, IComplexGraphType rootType) => Of(operation.SelectionSet, rootType, isPage: false);

    /// <param name="set">What is selected.</param>
    /// <param name="type">Of this type.</param>
    /// <param name="isPage">Its lists are the page whose size the field around it has told.</param>
    private long Of(GraphQLSelectionSet? set, IGraphType? type, bool isPage)
    {
        long sum = 0;
        foreach (var selection in set?.Selections ?? [])
        {
            sum += selection switch
            {
                GraphQLField field => Of(field, type, isPage),
                GraphQLInlineFragment inline => Of(inline.SelectionSet, Narrow(type, inline.TypeCondition), isPage),
                GraphQLFragmentSpread spread => document.FindFragmentDefinition(spread.FragmentName.Name.Value) is { } fragment
                    ? Of(fragment.SelectionSet, Narrow(type, fragment.TypeCondition), isPage)
                    : 0,
                _ => 0,
            };
        }
        return Math.Min(sum, Ceiling);
    }

    private long Of(GraphQLField field, IGraphType? type, bool isPage)
    {
        if ((type as IComplexGraphType)?.GetField(field.Name.Value) is not { } definition)
            return 0;
        IDictionary<string, ArgumentValue>? given = null;
        arguments?.TryGetValue(field, out given);
        var page = definition.Arguments?.Find("first");
        var inner = Of(field.SelectionSet, definition.ResolvedType?.GetNamedType(), page is not null);
        var size = page is not null ? PageSize(page, given) : isPage ? null : ListSize(definition, given);
        return size is { } count ? Math.Min(Ceiling, count * Math.Max(1, inner)) : inner;
    }

    private long? PageSize(QueryArgument first, IDictionary<string, ArgumentValue>? given)
    {
        var asked = Math.Max(Number("first", given) ?? 0, Number("last", given) ?? 0);
        return asked > 0 ? asked : first.DefaultValue as int? ?? options.DefaultPageSize;
    }

    private long? ListSize(FieldType definition, IDictionary<string, ArgumentValue>? given)
    {
        if (definition.ResolvedType is not (ListGraphType or NonNullGraphType { ResolvedType: ListGraphType })
            || definition.ResolvedType.GetNamedType() is ScalarGraphType)
            return null;
        if (definition.Arguments?.Find("count") is { } count)
            return Math.Max(0, Number("count", given) ?? count.DefaultValue as int? ?? options.ShortList);
        // A list of keys asks for as many things: Relay's nodes(ids:).
        return given?.Values.Select(a => a.Value).OfType<ICollection>().Max(keys => (long?)keys.Count) ?? options.ShortList;
    }

    private static long? Number(string name, IDictionary<string, ArgumentValue>? given)
        => given is not null && given.TryGetValue(name, out var value) && value.Value is int number ? number : null;

    private IGraphType? Narrow(IGraphType? type, GraphQLTypeCondition? condition)
        => condition is null ? type : schema.AllTypes[condition.Type.Name.Value];
}
