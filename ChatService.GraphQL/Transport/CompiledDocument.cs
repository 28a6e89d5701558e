using System.Collections.Concurrent;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>A document that was parsed, guarded and validated: what is the same for every call of it.</summary>
public sealed class CompiledDocument
{
    private readonly List<CompiledOperation> _operations;

    public CompiledDocument(GraphQLDocument document, ISchema schema)
    {
        Document = document;
        var fragments = document.Definitions.OfType<GraphQLFragmentDefinition>().ToList();
        var isStatic = !VariantSelections.In(document);
        _operations = document.Definitions.OfType<GraphQLOperationDefinition>()
            .Select(o => new CompiledOperation(document, o, RootFields.Of(o, fragments), isStatic) { Reader = new(schema, document, o) })
            .ToList();
    }

    public GraphQLDocument Document { get; }

    public IReadOnlyList<CompiledOperation> Operations => _operations;

    /// <returns>Null if there is no such operation, or more than one and no name.</returns>
    public CompiledOperation? Find(string? name) => string.IsNullOrEmpty(name)
        ? _operations is [var only] ? only : null
        : _operations.Find(o => o.Definition.Name == name);
}

/// <param name="Document">The document that the operation stands in.</param>
/// <param name="Definition">The operation.</param>
/// <param name="RootFields">Names of its root fields.</param>
/// <param name="IsStatic">Every call selects the same fields, so that they can be collected once.</param>
public sealed record CompiledOperation(
    GraphQLDocument Document, GraphQLOperationDefinition Definition, IReadOnlyList<string> RootFields, bool IsStatic)
{
    /// <summary>The fields of each selection set on each type, as <see cref="OperationStrategy"/> found them.</summary>
    internal ConcurrentDictionary<(GraphQLSelectionSet, IGraphType), SelectedField[]> Fields { get; } = new();

    /// <summary>Reads the values of each call.</summary>
    public required ArgumentReader Reader { get; init; }

    /// <summary>Argument values, kept where they do not depend on variables.</summary>
    internal IValidationResult? Arguments { get; set; }

    private const int LongestName = 64;

    /// <summary>Its name as telemetry and the log have it: cut short where somebody made it long.</summary>
    public string? Name { get; } = Definition.Name?.StringValue is { } name ? name.Length <= LongestName ? name : name[..LongestName] : null;

    /// <summary>The kind in a word of the language.</summary>
    public string KindName => Kind switch
    {
        Allowed.Mutation => "mutation",
        Allowed.Subscription => "subscription",
        _ => "query",
    };

    public bool HasVariables => Definition.Variables is { Count: > 0 };

    public Allowed Kind => Definition.Operation switch
    {
        OperationType.Query => Allowed.Query,
        OperationType.Mutation => Allowed.Mutation,
        OperationType.Subscription => Allowed.Subscription,
    };
}

/// <summary>Tells whether the fields of a selection set can differ from call to call, or have to be merged from several places.</summary>
internal static class VariantSelections
{
    public static bool In(GraphQLDocument document)
    {
        var fragments = document.Definitions.OfType<GraphQLFragmentDefinition>()
            .DistinctBy(f => f.FragmentName.Name.Value)
            .ToDictionary(f => f.FragmentName.Name.Value);
        return document.Definitions.Cast<GraphQLExecutableDefinition>().Any(d => IsVariant(d.SelectionSet, []));

        bool IsVariant(GraphQLSelectionSet set, HashSet<ROM> names)
        {
            foreach (var selection in set.Selections)
            {
                if (selection is IHasDirectivesNode { Directives.Count: > 0 })
                    return true;
                var variant = selection switch
                {
                    GraphQLField field => !names.Add(field.Alias?.Name.Value ?? field.Name.Value)
                        || (field.SelectionSet is { } inner && IsVariant(inner, [])),
                    GraphQLInlineFragment inline => IsVariant(inline.SelectionSet, names),
                    GraphQLFragmentSpread spread => IsVariant(fragments[spread.FragmentName.Name.Value].SelectionSet, names),
                    _ => false,
                };
                if (variant)
                    return true;
            }
            return false;
        }
    }
}
