using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>How much is written into a document as arguments and values, which its validation looks at one by one, and some rules often.</summary>
internal static class Literals
{
    public static int CountIn(GraphQLDocument document) => document.Definitions.Sum(definition => definition switch
    {
        GraphQLOperationDefinition operation => Count(operation.SelectionSet) + Count(operation.Directives)
            + (operation.Variables?.Sum(variable => Count(variable.Directives) + Count(variable.DefaultValue)) ?? 0),
        GraphQLFragmentDefinition fragment => Count(fragment.SelectionSet) + Count(fragment.Directives),
        _ => 0,
    });

    public static int Count(GraphQLArguments? arguments) => arguments?.Sum(argument => 1 + Count(argument.Value)) ?? 0;

    private static int Count(GraphQLSelectionSet? set) => set?.Selections.Sum(selection => Count((selection as IHasDirectivesNode)?.Directives) + selection switch
    {
        GraphQLField field => Count(field.Arguments) + Count(field.SelectionSet),
        GraphQLInlineFragment inline => Count(inline.SelectionSet),
        _ => 0,
    }) ?? 0;

    private static int Count(GraphQLDirectives? directives) => directives?.Sum(directive => Count(directive.Arguments)) ?? 0;

    private static int Count(GraphQLValue? value) => value switch
    {
        null => 0,
        GraphQLListValue list => 1 + (list.Values?.Sum(Count) ?? 0),
        GraphQLObjectValue of => 1 + (of.Fields?.Sum(field => 1 + Count(field.Value)) ?? 0),
        _ => 1,
    };
}
