using ChatService.GraphQL;
using ChatService.Rest;
using GraphQL;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser;
using GraphQLParser.AST;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>The published contract is what runs.</summary>
public sealed class SchemaTests(SqliteApp app) : IClassFixture<SqliteApp>
{
    private ISchema Schema => app.App.Services.GetRequiredService<ISchema>();

    [Fact]
    public async Task The_schema_file_is_the_running_schema()
    {
        var file = await File.ReadAllTextAsync(Repository.PathOf("schema.graphql"));
        Assert.True(
            file == SchemaFile.Print(Schema),
            "schema.graphql is not what the service serves: dotnet run --project ChatService.GraphQL -- --print-schema > schema.graphql");
    }

    [Fact]
    public void Everything_is_described()
    {
        Schema.Initialize();
        List<string> bare = [];
        foreach (var type in Schema.AllTypes.Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal) && t.Name is not ("Boolean" or "Int")))
        {
            Note(type.Name, type.Description);
            if (type is EnumerationGraphType words)
                foreach (var value in words.Values) Note($"{type.Name}.{value.Name}", value.Description);
            if (type is not IComplexGraphType complex) continue;
            foreach (var field in complex.Fields)
            {
                Note($"{type.Name}.{field.Name}", field.Description);
                foreach (var argument in field.Arguments ?? []) Note($"{type.Name}.{field.Name}({argument.Name})", argument.Description);
            }
        }

        Assert.True(bare.Count == 0, string.Join(' ', bare));

        void Note(string name, string? description)
        {
            if (string.IsNullOrWhiteSpace(description)) bare.Add(name);
        }
    }

    [Fact]
    public async Task Every_stored_operation_is_valid()
    {
        Schema.Initialize();
        var assembly = typeof(RestExtensions).Assembly;
        var stored = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".graphql", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(stored);
        foreach (var name in stored)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var document = Parser.Parse(await reader.ReadToEndAsync());
            var result = await new DocumentValidator().ValidateAsync(new ValidationOptions
            {
                Schema = Schema,
                Document = document,
                Operation = document.Definitions.OfType<GraphQLOperationDefinition>().Single(),
                Variables = Inputs.Empty,
                RequestServices = app.App.Services,
            });
            // Required variables have values only when the operation runs.
            var wrong = result.Errors.Where(error => error is not InvalidVariableError).Select(error => error.Message).ToList();
            Assert.True(wrong.Count == 0, $"{name}: {string.Join(' ', wrong)}");
        }
    }
}
