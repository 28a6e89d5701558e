using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Somebody who is signed in, asking by the public APIs as any client does.</summary>
public sealed class Person(Uri address, string token) : IDisposable
{
    private const string CompletionFields =
        "id status finishReason model error { code retryable } usage { inputTokens outputTokens estimated } message { id content alternatives { content } } question { content }";

    private readonly HttpClient _http = ClientFor(address, token);

    public string Token => token;

    public HttpClient Http => _http;

    public GraphQLClient GraphQL => new(_http);

    public static async Task<Person> SignUpAsync(Uri address, string name)
    {
        using var http = new HttpClient { BaseAddress = address };
        var data = await new GraphQLClient(http).DataAsync(
            "mutation($name: String!) { createUser(input: { username: $name, password: \"correct horse\" }) { session { token } } }", new { name });
        return new Person(address, data.GetProperty("createUser").GetProperty("session").GetProperty("token").GetString()!);
    }

    /// <summary>The same person at another instance.</summary>
    public Person At(Uri other) => new(other, token);

    /// <summary>The id of a new conversation.</summary>
    public async Task<string> CreateConversationAsync(string? title = null, string? model = null, string? systemPrompt = null)
    {
        var data = await GraphQL.DataAsync(
            "mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } errors { code } } }",
            new { input = new { title, model, systemPrompt } });
        return data.GetProperty("createConversation").GetProperty("conversation").GetProperty("id").GetString()!;
    }

    /// <summary>The payload of <c>complete</c>: the single mode.</summary>
    public Task<JsonElement> CompleteAsync(string conversation, string? content, string? model = null, string? key = null) =>
        AskAsync("complete", conversation, content, model, key);

    /// <summary>The payload of <c>startCompletion</c>, which returns at once.</summary>
    public Task<JsonElement> StartAsync(string conversation, string? content, string? model = null, string? key = null) =>
        AskAsync("startCompletion", conversation, content, model, key);

    public async Task<JsonElement> CancelAsync(string completion)
    {
        var data = await GraphQL.DataAsync(
            $"mutation($id: ID!) {{ cancelCompletion(input: {{ id: $id }}) {{ completion {{ {CompletionFields} }} errors {{ code }} }} }}", new { id = completion });
        return data.GetProperty("cancelCompletion");
    }

    public async Task<JsonElement> FindCompletionAsync(string id) =>
        (await GraphQL.DataAsync($"query($id: ID!) {{ completion(id: $id) {{ {CompletionFields} }} }}", new { id })).GetProperty("completion");

    /// <summary>Role and content of what is in a conversation, oldest first.</summary>
    public async Task<IReadOnlyList<(string Role, string Content)>> MessagesAsync(string conversation)
    {
        var data = await GraphQL.DataAsync(
            "query($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { role content } } } }", new { id = conversation });
        return
        [
            .. data.GetProperty("conversation").GetProperty("messages").GetProperty("nodes").EnumerateArray()
                .Select(m => (m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!)),
        ];
    }

    /// <summary>Follows a completion by server-sent events to its end.</summary>
    public async Task<Watched> WatchAsync(string completion, int after = 0, CancellationToken ct = default)
    {
        var text = new StringBuilder();
        await foreach (var told in EventsAsync(completion, after, ct))
        {
            if (told.TryGetProperty("errors", out var errors)) return new Watched(text.ToString(), null, errors[0].GetProperty("extensions").GetProperty("code").GetString());
            var item = told.GetProperty("data").GetProperty("completionEvents");
            if (item.TryGetProperty("completion", out var ended)) return new Watched(text.ToString(), ended, null);
            text.Append(item.GetProperty("content").GetString());
            Assert.Equal(after + text.Length, item.GetProperty("offset").GetInt32());
        }

        return new Watched(text.ToString(), null, null);
    }

    /// <summary>Waits until the service has this text of the answer that it makes: what a provider has sent may still be on its way.</summary>
    public async Task HearAsync(string completion, string text)
    {
        var heard = new StringBuilder();
        await foreach (var told in EventsAsync(completion))
        {
            heard.Append(told.GetProperty("data").GetProperty("completionEvents").GetProperty("content").GetString());
            if (heard.ToString().StartsWith(text, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"The answer ended with {heard}");
    }

    /// <summary>The results of a subscription to a completion, as they come.</summary>
    public IAsyncEnumerable<JsonElement> EventsAsync(string completion, int after = 0, CancellationToken ct = default) => SubscribeAsync(
        $$"""
        subscription($id: ID!, $after: Int!) { completionEvents(id: $id, after: $after) {
            ... on CompletionDelta { content offset } ... on CompletionFinished { completion { {{CompletionFields}} } } } }
        """,
        new { id = completion, after },
        ct);

    /// <summary>The results of a subscription by server-sent events; ends where the server says that it is complete, or just ends.</summary>
    public async IAsyncEnumerable<JsonElement> SubscribeAsync(
        string query, object variables, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
    {
        using var response = await _http.PostForEventsAsync("/graphql", JsonContent.Create(new { query, variables }), ct);
        await foreach (var item in EventStreamReader.ReadAsync(response, ct))
        {
            if (item.EventType == "complete") yield break;
            yield return JsonElement.Parse(item.Data);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The number that REST shows of a GraphQL id.</summary>
    public static string NumberOf(string id) => id[(id.IndexOf('_') + 1)..];

    private async Task<JsonElement> AskAsync(string field, string conversation, string? content, string? model, string? key)
    {
        var data = await GraphQL.DataAsync(
            $"mutation($input: StartCompletionInput!) {{ {field}(input: $input) {{ replayed completion {{ {CompletionFields} }} errors {{ code }} }} }}",
            new { input = new { conversationId = conversation, content, model, idempotencyKey = key } });
        return data.GetProperty(field);
    }

    private static HttpClient ClientFor(Uri address, string token)
    {
        var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}

/// <summary>What a watcher was told: the joined deltas, and either the end or the code of an error.</summary>
public sealed record Watched(string Text, JsonElement? Ended, string? Error)
{
    public string? Status => Ended?.GetProperty("status").GetString();
}
