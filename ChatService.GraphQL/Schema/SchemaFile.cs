using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;

namespace ChatService.GraphQL;

/// <summary>The schema as it is published: SDL with descriptions, types and fields in alphabetical order.</summary>
public static class SchemaFile
{
    public static string Print(ISchema schema)
    {
        schema.Initialize();
        var options = new PrintOptions
        {
            IncludeDescriptions = true,
            IncludeDeprecationReasons = true,
            StringComparison = StringComparison.Ordinal,
        };
        return schema.Print(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
    }
}
