using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Asks on either face, and hears the code of the first error, or null.</summary>
internal sealed class Asker(HttpClient http) : IDisposable
{
    public HttpClient Http => http;

    public long UserId { get; private init; }

    public string Username { get; private init; } = "";

    public string Conversation { get; private init; } = "";

    public string Message { get; private init; } = "";

    public string Completion { get; private init; } = "";

    /// <summary>Somebody with a conversation of a message and an answered question.</summary>
    public static async Task<Asker> SettleAsync(AppFixture app)
    {
        var member = await app.RegisterAsync("ada");
        var conversation = await member.CreateConversationAsync();
        var message = await member.Client.DataAsync(
            "mutation($id: ID!) { createMessage(input: { conversationId: $id, content: \"words\" }) { message { id } } }", new { id = conversation });
        var completion = await member.Client.DataAsync(
            "mutation($id: ID!) { complete(input: { conversationId: $id, content: \"more words\" }) { completion { id } } }", new { id = conversation });
        return new Asker(app.App.As(member.Token))
        {
            UserId = long.Parse(Person.NumberOf(member.Id), System.Globalization.CultureInfo.InvariantCulture),
            Username = member.Username,
            Conversation = conversation,
            Message = message.GetProperty("createMessage").GetProperty("message").GetProperty("id").GetString()!,
            Completion = completion.GetProperty("complete").GetProperty("completion").GetProperty("id").GetString()!,
        };
    }

    /// <summary>Runs a document: the code of a top-level error, or of a payload's.</summary>
    public async Task<string?> AskAsync(string query, object? variables = null)
    {
        if (query.StartsWith("subscription", StringComparison.Ordinal)) return await WatchAsync(query);
        using var response = await http.PostAsJsonAsync("/graphql", new { query, variables });
        return CodeOf(await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task<string?> MutateAsync(string field, object input) => AskAsync(
        $"mutation($input: {(field == "complete" ? "StartCompletion" : char.ToUpperInvariant(field[0]) + field[1..])}Input!) {{ {field}(input: $input) {{ errors {{ code }} }} }}",
        new { input });

    public async Task<string?> SendAsync(string method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        return response.IsSuccessStatusCode ? null : (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    public void Dispose() => http.Dispose();

    private async Task<string?> WatchAsync(string query)
    {
        using var response = await http.PostForEventsAsync("/graphql", JsonContent.Create(new { query }));
        return CodeOf(JsonElement.Parse((await EventStreamReader.ReadAsync(response).FirstAsync()).Data));
    }

    private static string? CodeOf(JsonElement answer)
    {
        if (answer.TryGetProperty("errors", out var errors)) return errors[0].GetProperty("extensions").GetProperty("code").GetString();
        var root = answer.GetProperty("data").EnumerateObject().First().Value;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errors", out var own) && own.GetArrayLength() > 0 ? own[0].GetProperty("code").GetString() : null;
    }
}
