using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>
/// Refuses documents that would cost more than they are worth, before the library looks at them: its own validation dies of a
/// long chain of fragments by stack overflow and takes most of a minute for equal fields in great number. Knows no schema.
/// </summary>
public sealed class DocumentGuard(GuardOptions options, bool introspection)
{
    /// <returns>Null if the document may be validated.</returns>
    public Refused? Check(GraphQLDocument document)
    {
        var operations = document.Definitions.OfType<GraphQLOperationDefinition>().ToList();
        var fragments = document.Definitions.OfType<GraphQLFragmentDefinition>().ToList();
        if (operations.Count + fragments.Count != document.Definitions.Count)
            return Refused.Document(Codes.ValidationFailed, "A request holds operations and fragments, no type definitions.");
        if (operations.Count > options.MaxOperations || fragments.Count > options.MaxFragments)
            return TooComplex("operations or fragments");
        if (operations.Sum(o => o.Variables?.Count ?? 0) > options.MaxVariables)
            return TooComplex("variables");
        if (Literals.CountIn(document) > options.MaxLiterals)
            return TooComplex("arguments and values, which belong into variables");

        var counter = new SelectionCounter(fragments, options);
        foreach (var operation in operations)
            counter.Add(operation.SelectionSet, operation.Directives, operation.Variables);
        counter.AddUnused();
        return counter.Problem ?? CheckOverlaps(operations, fragments) ?? CheckRootFields(operations, fragments) ?? CheckIntrospection(counter);
    }

    private static Refused TooComplex(string what) => Refused.Document(Codes.QueryTooComplex, $"The query has too many {what}.");

    private Refused? CheckOverlaps(List<GraphQLOperationDefinition> operations, List<GraphQLFragmentDefinition> fragments) =>
        OverlapCounter.Count(operations, fragments) > options.MaxComparisons ? TooComplex("fields of the same name") : null;

    private Refused? CheckIntrospection(SelectionCounter counter) => introspection || !counter.Introspects
        ? null
        : Refused.Document(Codes.ValidationFailed, "Introspection is switched off here; the schema is published as a file.");

    private Refused? CheckRootFields(List<GraphQLOperationDefinition> operations, List<GraphQLFragmentDefinition> fragments)
    {
        foreach (var operation in operations)
        {
            var fields = RootFields.Of(operation, fragments);
            if (fields.Count > 1 && fields.Find(options.ExclusiveRootFields.Contains) is { } name)
                return Refused.Document(Codes.QueryTooComplex, $"The field '{name}' must be the only one of its operation.");
        }
        return null;
    }
}
