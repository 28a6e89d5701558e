using GraphQL;
using GraphQL.Types;
using GraphQLParser;
using GraphQLParser.AST;

namespace ChatService.Tests;

/// <summary>Places in a schema by their coordinates: <c>Query.node</c>, <c>Query.node(id:)</c>, <c>SignInInput.username</c>.</summary>
internal sealed class SchemaCoordinates(ISchema schema)
{
    private static readonly HashSet<string> _sizes = ["first", "last", "count", "maxOutputTokens", "temperature"];

    /// <summary>Types that say the same to everybody. A new type is somebody's, or named here.</summary>
    private static readonly HashSet<string> _ownerless = ["Model", "UserError"];

    /// <summary>
    /// Where an isolation fault can be: every field of every type that is not <see cref="_ownerless"/>, and every argument and input field
    /// but for choices and sizes, which can name nothing.
    /// </summary>
    public IReadOnlySet<string> ThatNeedWalls()
    {
        schema.Initialize();
        var needed = new HashSet<string>();
        foreach (var type in schema.AllTypes.OfType<IComplexGraphType>().Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal)))
        {
            foreach (var field in type.Fields)
            {
                if (type is IInputObjectGraphType ? Names(field.Name, field.ResolvedType!) : !_ownerless.Contains(type.Name))
                    needed.Add($"{type.Name}.{field.Name}");
                foreach (var argument in field.Arguments ?? [])
                    if (Names(argument.Name, argument.ResolvedType!))
                        needed.Add($"{type.Name}.{field.Name}({argument.Name}:)");
            }
        }

        return needed;
    }

    /// <summary>What a document uses.</summary>
    public IReadOnlySet<string> UsedBy(string document)
    {
        var used = new HashSet<string>();
        var operation = Parser.Parse(document).Definitions.OfType<GraphQLOperationDefinition>().Single();
        IObjectGraphType? root = operation.Operation switch
        {
            OperationType.Mutation => schema.Mutation,
            OperationType.Subscription => schema.Subscription,
            _ => schema.Query,
        };
        Visit(operation.SelectionSet, root!, used);
        return used;
    }

    private void Visit(GraphQLSelectionSet? set, IGraphType type, HashSet<string> used)
    {
        foreach (var selection in set?.Selections ?? [])
        {
            if (selection is GraphQLInlineFragment inline)
                Visit(inline.SelectionSet, schema.AllTypes[inline.TypeCondition!.Type.Name.Value]!, used);
            if (selection is not GraphQLField field)
                continue;
            var definition = ((IComplexGraphType)type).GetField(field.Name.Value)!;
            used.Add($"{type.Name}.{field.Name.StringValue}");
            foreach (var argument in field.Arguments?.Items ?? [])
            {
                used.Add($"{type.Name}.{field.Name.StringValue}({argument.Name.StringValue}:)");
                Visit(argument.Value, definition.Arguments!.Find(argument.Name.Value)!.ResolvedType!.GetNamedType(), used);
            }

            Visit(field.SelectionSet, definition.ResolvedType!.GetNamedType(), used);
        }
    }

    private static void Visit(GraphQLValue value, IGraphType type, HashSet<string> used)
    {
        foreach (var field in (value as GraphQLObjectValue)?.Fields ?? [])
        {
            used.Add($"{type.Name}.{field.Name.StringValue}");
            Visit(field.Value, ((IComplexGraphType)type).GetField(field.Name.Value)!.ResolvedType!.GetNamedType(), used);
        }
    }

    private static bool Names(string name, IGraphType type) =>
        !_sizes.Contains(name) && type.GetNamedType() is not (BooleanGraphType or EnumerationGraphType or IInputObjectGraphType);
}
