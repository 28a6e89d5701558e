using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>
/// What the library's rule costs that fields of one response name must not contradict each other: it compares every two of them, argument
/// by argument, in each selection set with all that its fragments add. Only for documents that <see cref="SelectionCounter"/> has passed,
/// so that none is large once it is written out, and no fragment spreads itself.
/// </summary>
internal sealed class OverlapCounter
{
    private readonly ILookup<ROM, GraphQLFragmentDefinition> _fragments;

    private OverlapCounter(IEnumerable<GraphQLFragmentDefinition> fragments) => _fragments = fragments.ToLookup(f => f.FragmentName.Name.Value);

    /// <returns>Fields and parts of their arguments, as often as they are looked at.</returns>
    public static long Count(IEnumerable<GraphQLOperationDefinition> operations, IReadOnlyCollection<GraphQLFragmentDefinition> fragments)
    {
        var counter = new OverlapCounter(fragments);
        return operations.Sum(o => counter.CountAll(o.SelectionSet)) + fragments.Sum(f => counter.CountAll(f.SelectionSet));
    }

    /// <summary>Each set inside this one is compared for itself, too.</summary>
    private long CountAll(GraphQLSelectionSet? set)
    {
        if (set is null)
            return 0;
        var sum = Compare([set]);
        foreach (var selection in set.Selections)
        {
            sum += selection switch
            {
                GraphQLField field => CountAll(field.SelectionSet),
                GraphQLInlineFragment inline => CountAll(inline.SelectionSet),
                _ => 0,
            };
        }
        return sum;
    }

    private long Compare(IEnumerable<GraphQLSelectionSet> sets)
    {
        var fields = new Dictionary<ROM, List<GraphQLField>>();
        var spread = new HashSet<ROM>();
        foreach (var set in sets)
            Collect(set, fields, spread);
        var sum = 0L;
        foreach (var equal in fields.Values)
        {
            if (equal.Count > 1)
                sum += (equal.Count - 1L) * equal.Sum(field => 1L + Literals.Count(field.Arguments));
            sum += Compare(equal.Select(field => field.SelectionSet).OfType<GraphQLSelectionSet>());
        }
        return sum;
    }

    private void Collect(GraphQLSelectionSet set, Dictionary<ROM, List<GraphQLField>> fields, HashSet<ROM> spread)
    {
        foreach (var selection in set.Selections)
        {
            switch (selection)
            {
                case GraphQLField field:
                    var name = (field.Alias?.Name ?? field.Name).Value;
                    if (!fields.TryGetValue(name, out var equal))
                        fields.Add(name, equal = []);
                    equal.Add(field);
                    break;
                case GraphQLInlineFragment inline:
                    Collect(inline.SelectionSet, fields, spread);
                    break;
                // One that comes again adds nothing to compare.
                case GraphQLFragmentSpread other when spread.Add(other.FragmentName.Name.Value):
                    foreach (var fragment in _fragments[other.FragmentName.Name.Value])
                        Collect(fragment.SelectionSet, fields, spread);
                    break;
            }
        }
    }
}
