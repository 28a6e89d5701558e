using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>
/// Measures a document as if every fragment were written out. Each fragment is measured once and its figures are added wherever
/// it is spread, so a chain that doubles at every step costs a step and not a doubling; sums stop at <see cref="Ceiling"/>.
/// </summary>
internal sealed class SelectionCounter(IEnumerable<GraphQLFragmentDefinition> fragments, GuardOptions options)
{
    private const int Ceiling = 1_000_000;

    // Below __schema and __type these lead from types to types: one inside another is a circle.
    private static readonly HashSet<string> _circular = ["fields", "inputFields", "interfaces", "possibleTypes"];

    private readonly Dictionary<ROM, Fragment> _fragments = fragments
        .GroupBy(f => f.FragmentName.Name.Value)
        .ToDictionary(g => g.Key, g => new Fragment(g.ToList()));

    private Figures _total;
    private bool _cyclic;

    public bool Introspects => _total.Introspects;

    public Refused? Problem => this switch
    {
        { _cyclic: true } => Refused.Document(Codes.ValidationFailed, "A fragment spreads itself."),
        _ when _total.Selections > options.MaxSelections => TooComplex($"more than {options.MaxSelections} selections"),
        _ when _total.Depth > options.MaxDepth => TooComplex($"more than {options.MaxDepth} levels"),
        _ when _total.Aliases > options.MaxAliases => TooComplex($"more than {options.MaxAliases} aliases"),
        _ when _total.Directives > options.MaxDirectives => TooComplex($"more than {options.MaxDirectives} directives"),
        _ when _total.IntrospectionDepth > options.MaxIntrospectionDepth || _total.IsCircular => TooComplex("circular introspection"),
        _ => null,
    };

    public void Add(GraphQLSelectionSet set, GraphQLDirectives? directives, GraphQLVariablesDefinition? variables)
    {
        var figures = Measure(set) with { };
        var own = (directives?.Count ?? 0) + (variables?.Items.Sum(v => v.Directives?.Count ?? 0) ?? 0);
        _total = _total.With(figures.WithDirectives(own));
    }

    /// <summary>Fragments that nobody spreads are validated too, so they count.</summary>
    public void AddUnused()
    {
        foreach (var fragment in _fragments.Values.Where(f => f.Measured is null))
            _total = _total.With(Measure(fragment));
    }

    private static Refused TooComplex(string what) => Refused.Document(Codes.QueryTooComplex, $"The query has {what}.");

    private Figures Measure(Fragment fragment)
    {
        if (fragment.Measured is { } known)
            return known;
        if (fragment.IsBeingMeasured)
        {
            _cyclic = true;
            return default;
        }
        fragment.IsBeingMeasured = true;
        var figures = default(Figures);
        foreach (var definition in fragment.Definitions)
            figures = figures.With(Measure(definition.SelectionSet).WithDirectives(definition.Directives?.Count ?? 0));
        fragment.Measured = figures;
        return figures;
    }

    private Figures Measure(GraphQLSelectionSet? set)
    {
        var sum = default(Figures);
        foreach (var selection in set?.Selections ?? [])
        {
            var own = selection switch
            {
                GraphQLField field => Measure(field),
                GraphQLInlineFragment inline => Measure(inline.SelectionSet),
                GraphQLFragmentSpread spread when _fragments.TryGetValue(spread.FragmentName.Name.Value, out var fragment)
                    => Measure(fragment),
                _ => default, // an unknown fragment is the validation's affair
            };
            sum = sum.With(own.WithSelection().WithDirectives((selection as IHasDirectivesNode)?.Directives?.Count ?? 0));
        }
        return sum;
    }

    private Figures Measure(GraphQLField field)
    {
        var figures = Measure(field.SelectionSet);
        var name = field.Name.StringValue;
        if (field.Alias is not null)
            figures = figures with { Aliases = Math.Min(Ceiling, figures.Aliases + 1) };
        // Introspection is deeper than any other query and has rules of its own; a nesting of lists is what makes it dear.
        var lists = figures.NestedLists + (_circular.Contains(name) ? 1 : 0);
        return name is "__schema" or "__type"
            ? figures with { Depth = 1, NestedLists = 0, IntrospectionDepth = figures.Depth + 1, IsCircular = lists > 1, Introspects = true }
            : figures with { Depth = figures.Depth + 1, NestedLists = lists };
    }

    private sealed class Fragment(List<GraphQLFragmentDefinition> definitions)
    {
        public List<GraphQLFragmentDefinition> Definitions => definitions;
        public Figures? Measured { get; set; }
        public bool IsBeingMeasured { get; set; }
    }

    private readonly record struct Figures(
        int Selections, int Aliases, int Directives, int Depth, int NestedLists, int IntrospectionDepth, bool IsCircular, bool Introspects)
    {
        public Figures With(Figures other) => new(
            Math.Min(Ceiling, Selections + other.Selections),
            Math.Min(Ceiling, Aliases + other.Aliases),
            Math.Min(Ceiling, Directives + other.Directives),
            Math.Max(Depth, other.Depth),
            Math.Max(NestedLists, other.NestedLists),
            Math.Max(IntrospectionDepth, other.IntrospectionDepth),
            IsCircular || other.IsCircular,
            Introspects || other.Introspects);

        public Figures WithSelection() => this with { Selections = Math.Min(Ceiling, Selections + 1) };

        public Figures WithDirectives(int count) => this with { Directives = Math.Min(Ceiling, Directives + count) };
    }
}
