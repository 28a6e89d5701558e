using System.Text.RegularExpressions;
using GraphQL.Types;
using GraphQL.Utilities;

namespace ChatService.GraphQL;

/// <summary>Docstrings are wrapped for the width of a source file; descriptions are not.</summary>
internal sealed partial class DescriptionWrapping : BaseSchemaNodeVisitor
{
    public override void VisitObject(IObjectGraphType type, ISchema schema) => type.Description = Unwrap(type.Description);

    public override void VisitInputObject(IInputObjectGraphType type, ISchema schema) => type.Description = Unwrap(type.Description);

    public override void VisitObjectFieldDefinition(FieldType field, IObjectGraphType type, ISchema schema) => field.Description = Unwrap(field.Description);

    public override void VisitInputObjectFieldDefinition(FieldType field, IInputObjectGraphType type, ISchema schema) =>
        field.Description = Unwrap(field.Description);

    public override void VisitObjectFieldArgumentDefinition(QueryArgument argument, FieldType field, IObjectGraphType type, ISchema schema) =>
        argument.Description = Unwrap(argument.Description);

    private static string? Unwrap(string? description) => description is null ? null : LineBreak().Replace(description, " ").Trim();

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex LineBreak();
}
