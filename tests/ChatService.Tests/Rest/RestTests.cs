using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace ChatService.Tests;

public sealed class PostgresRestTests() : RestTests(DatabaseKind.Postgres);

public sealed class SqliteRestTests() : RestTests(DatabaseKind.Sqlite);

/// <summary>The facade through the front door.</summary>
public abstract class RestTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started)) await started.DisposeAsync();
    }

    /// <summary>A client of a fresh service, its facade in the given mode.</summary>
    private async Task<HttpClient> StartAsync(string mode)
    {
        var database = await Databases.CreateAsync(kind);
        _started.Add(database);
        var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Facade:Mode"] = mode, ["Completions:OfflineWordDelay"] = "00:00:00" });
        _started.Add(app);
        return app.As(null);
    }

    [Fact]
    public async Task The_documented_requests_work_as_documented()
    {
        var http = await StartAsync("documented");

        var created = await http.PostAsJsonAsync("/users", new { username = "ada", password = "x" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/users/ada", created.Headers.Location!.OriginalString);
        Assert.False(created.Headers.Contains("X-Session-Token"));
        var user = Id(await BodyAsync(created));
        Assert.Equal($$"""{"id":{{user}},"username":"ada","password":"x"}""", await created.Content.ReadAsStringAsync());
        Assert.Equal($$"""{"id":{{user}},"username":"ada"}""", await http.GetStringAsync("/users/ada"));

        var opened = await http.PostAsJsonAsync("/conversations", new { title = "Café", user_id = user });
        var conversation = Id(await BodyAsync(opened));
        Assert.Equal($"/conversations/{conversation}", opened.Headers.Location!.OriginalString);
        Assert.Equal($$"""{"id":{{conversation}},"title":"Café","user_id":{{user}}}""", await opened.Content.ReadAsStringAsync());
        Assert.Equal(
            $$"""[{"conversation_id":{{conversation}},"title":"Café","user_id":{{user}}}]""", await http.GetStringAsync($"/users/{user}/conversations"));

        var asked = await http.PostAsJsonAsync($"/conversations/{conversation}/messages", new { content = "Hello?" });
        Assert.Equal(HttpStatusCode.Created, asked.StatusCode);
        var whole = await BodyAsync(await CompleteAsync(http, conversation, new { stream = false }));
        var choice = Assert.Single(whole.GetProperty("choices").EnumerateArray());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        var answer = choice.GetProperty("message").GetProperty("content").GetString();

        var messages = await http.GetFromJsonAsync<JsonElement>($"/conversations/{conversation}/messages");
        Assert.Equal(["user", "assistant"], messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(answer, messages[1].GetProperty("content").GetString());
        Assert.Equal(answer, await StreamedAsync(await CompleteAsync(http, conversation, new { stream = true })));
    }

    [Fact]
    public async Task A_streamed_answer_is_the_stored_one_and_a_replay_is_told()
    {
        var (http, user) = await SignedUpAsync("ada");
        var conversation = await OpenAsync(http, user);
        var question = new { stream = true, content = "Où est l'œuvre ?" };

        var first = await CompleteAsync(http, conversation, question, "key-1");
        var text = await StreamedAsync(first);
        var again = await CompleteAsync(http, conversation, question, "key-1");

        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotent-Replayed")));
        Assert.Equal(text, await StreamedAsync(again));
        var messages = await http.GetFromJsonAsync<JsonElement>($"/conversations/{conversation}/messages");
        Assert.Equal(text, messages.EnumerateArray().Last().GetProperty("content").GetString());
        Assert.Equal(2, messages.GetArrayLength());
    }

    [Fact]
    public async Task Secure_mode_hides_the_password_and_asks_for_the_token()
    {
        var anonymous = await StartAsync("secure");
        var created = await anonymous.PostAsJsonAsync("/users", new { username = "ada", password = "correct horse" });
        Assert.Equal("********", (await BodyAsync(created)).GetProperty("password").GetString());
        Assert.NotEmpty(Assert.Single(created.Headers.GetValues("X-Session-Token")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("/users/ada")).StatusCode);

        var session = await BodyAsync(await anonymous.PostAsJsonAsync("/sessions", new { username = "ada", password = "correct horse" }));
        anonymous.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.GetProperty("token").GetString());
        Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync("/users/ada")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await anonymous.DeleteAsync("/sessions/current")).StatusCode);
    }

    [Fact]
    public async Task An_outsider_finds_nothing_of_anybody_elses()
    {
        var (ada, user) = await SignedUpAsync("ada");
        var conversation = await OpenAsync(ada, user);
        var message = Id(await BodyAsync(await ada.PostAsJsonAsync($"/conversations/{conversation}/messages", new { content = "Mine" })));
        await SignUpAsync(ada, "grace");

        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, "/users/ada", null),
            (HttpMethod.Delete, "/users/ada", new { password = "correct horse" }),
            (HttpMethod.Patch, "/users/ada", new { password = "correct horse", new_password = "battery staple" }),
            (HttpMethod.Get, $"/users/{user}/conversations", null),
            (HttpMethod.Get, $"/users/{user}/messages:search?q=mine", null),
            (HttpMethod.Post, "/conversations", new { title = "Hers", user_id = user }),
            (HttpMethod.Get, $"/conversations/{conversation}", null),
            (HttpMethod.Patch, $"/conversations/{conversation}", new { title = "Hers" }),
            (HttpMethod.Delete, $"/conversations/{conversation}", null),
            (HttpMethod.Get, $"/conversations/{conversation}/messages", null),
            (HttpMethod.Post, $"/conversations/{conversation}/messages", new { content = "Hers" }),
            (HttpMethod.Patch, $"/conversations/{conversation}/messages/{message}", new { content = "Hers" }),
            (HttpMethod.Delete, $"/conversations/{conversation}/messages/{message}", null),
            (HttpMethod.Post, $"/conversations/{conversation}/messages:complete", new { stream = false }),
            (HttpMethod.Post, $"/conversations/{conversation}/messages:complete", new { stream = true, content = "Hers" }),
        })
        {
            var response = await ada.SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) });
            Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task A_message_is_found_under_its_own_conversation_only()
    {
        var (http, user) = await SignedUpAsync("ada");
        var (here, there) = (await OpenAsync(http, user), await OpenAsync(http, user));
        var message = Id(await BodyAsync(await http.PostAsJsonAsync($"/conversations/{here}/messages", new { content = "Here" })));

        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync($"/conversations/{there}/messages/{message}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/conversations/{here}/messages/{message}")).StatusCode);
    }

    private async Task<(HttpClient Http, long User)> SignedUpAsync(string name)
    {
        var http = await StartAsync("secure");
        return (http, await SignUpAsync(http, name));
    }

    private static async Task<long> SignUpAsync(HttpClient http, string name)
    {
        var created = await http.PostAsJsonAsync("/users", new { username = name, password = "correct horse" });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", created.Headers.GetValues("X-Session-Token").Single());
        return Id(await BodyAsync(created));
    }

    private static async Task<long> OpenAsync(HttpClient http, long user) =>
        Id(await BodyAsync(await http.PostAsJsonAsync("/conversations", new { title = "Launch", user_id = user })));

    private static Task<HttpResponseMessage> CompleteAsync(HttpClient http, long conversation, object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/conversations/{conversation}/messages:complete") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> StreamedAsync(HttpResponseMessage response)
    {
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync();
        var events = await SseParser.Create(body).EnumerateAsync().Select(item => item.Data).ToListAsync();
        Assert.Equal("[DONE]", events[^1]);
        var choices = events.SkipLast(1).Select(data => JsonDocument.Parse(data).RootElement.GetProperty("choices")[0]).ToList();
        Assert.Equal("stop", choices[^1].GetProperty("finish_reason").GetString());
        Assert.All(choices.SkipLast(1), choice => Assert.Equal(JsonValueKind.Null, choice.GetProperty("finish_reason").ValueKind));
        return string.Concat(choices.Select(choice => choice.GetProperty("delta").GetProperty("content").GetString()));
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static long Id(JsonElement body) => body.GetProperty("id").GetInt64();
}
