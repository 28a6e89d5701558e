using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace ChatService.Rest;

/// <summary>
/// The examples of examples.json, by the names of the operations: one conversation of one person, from registering to deleting, on a fresh
/// database in documented mode. A call with a status is refused with it. Tests send each of them.
/// </summary>
internal static class OpenApiExamples
{
    private static readonly Lazy<JsonObject> _all = new(Read);

    public static void AddTo(OpenApiOperation operation)
    {
        if (_all.Value[operation.OperationId!] is not JsonObject example) return;
        foreach (var parameter in operation.Parameters ?? [])
            if (example["parameters"]?[parameter.Name!] is { } value) ((OpenApiParameter)parameter).Example = value.DeepClone();
        foreach (var (name, call) in example["calls"]!.AsObject())
        {
            foreach (var body in operation.RequestBody?.Content?.Values ?? []) Add(body, name, call!["request"]);
            var status = call!["status"]?.GetValue<string>();
            var answer = operation.Responses!.First(response => status is null ? response.Key.StartsWith('2') : response.Key == status).Value;
            foreach (var (type, body) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
                Add(body, name, call[type == "text/event-stream" ? "events" : "response"]);
        }
    }

    private static void Add(OpenApiMediaType body, string name, JsonNode? value)
    {
        if (value is null) return;
        body.Examples ??= new Dictionary<string, IOpenApiExample>();
        body.Examples[name] = new OpenApiExample { Value = value.DeepClone() };
    }

    private static JsonObject Read()
    {
        using var file = typeof(OpenApiExamples).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonNode.Parse(file)!.AsObject();
    }
}
