using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>The names of the fields that an operation asks for at its root, through fragments, repeats included, without __typename.</summary>
public static class RootFields
{
    /// <remarks>Only for documents whose expansion the guard has measured; cycles of fragments are gone by then.</remarks>
    public static List<string> Of(GraphQLOperationDefinition operation, IReadOnlyCollection<GraphQLFragmentDefinition> fragments)
    {
        var names = new List<string>();
        Collect(operation.SelectionSet);
        return names;

        void Collect(GraphQLSelectionSet set)
        {
            foreach (var selection in set.Selections)
            {
                if (selection is GraphQLField field && field.Name != "__typename")
                    names.Add(field.Name.StringValue);
                else if (selection is GraphQLInlineFragment inline)
                    Collect(inline.SelectionSet);
                else if (selection is GraphQLFragmentSpread spread
                    && fragments.FirstOrDefault(f => f.FragmentName.Name == spread.FragmentName.Name) is { } fragment)
                    Collect(fragment.SelectionSet);
            }
        }
    }
}
