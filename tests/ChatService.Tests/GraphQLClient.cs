using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Runs GraphQL operations over HTTP, as any client does.</summary>
public sealed class GraphQLClient(HttpClient http)
{
    /// <param name="query">The document.</param>
    /// <param name="variables">An object whose properties are the variables.</param>
    public async Task<GraphQLAnswer> RunAsync(string query, object? variables = null, CancellationToken ct = default)
    {
        using var response = await http.PostAsJsonAsync("/graphql", new { query, variables }, ct);
        return await response.Content.ReadFromJsonAsync<GraphQLAnswer>(ct)
            ?? throw new InvalidOperationException("The answer was null.");
    }

    /// <summary>The data of an operation that must not have an error.</summary>
    public async Task<JsonElement> DataAsync(string query, object? variables = null, CancellationToken ct = default)
    {
        var answer = await RunAsync(query, variables, ct);
        Assert.True(answer.Errors is null, $"Errors: {JsonSerializer.Serialize(answer.Errors)}");
        return answer.Data;
    }
}

/// <summary>What a GraphQL server answers: <c>Data</c> is undefined when nothing was executed.</summary>
public sealed record GraphQLAnswer(JsonElement Data, IReadOnlyList<GraphQLError>? Errors)
{
    /// <summary>The codes of the errors, in order.</summary>
    public IReadOnlyList<string?> Codes => [.. (Errors ?? []).Select(error => error.Code)];
}

public sealed record GraphQLError(string Message, IReadOnlyList<JsonElement>? Path, JsonElement Extensions)
{
    public string? Code =>
        Extensions.ValueKind == JsonValueKind.Object && Extensions.TryGetProperty("code", out var code) ? code.GetString() : null;
}
