using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Words that stand for secrets. They are sent wherever such a secret belongs, in good requests and bad ones, and must come up nowhere else.</summary>
internal sealed class Canaries
{
    public const string ApiKey = "canaryapikeyquartz";
    public const string Provider = "canaryproviderbasalt";
    private const string Password = "canarypasswordonyx";
    private const string NewPassword = "canarynewpasswordopal";
    private const string WrongPassword = "canarywrongpasswordjade";
    private const string WrongToken = "canarywrongtokenagate";
    private const string Content = "canarycontentberyl";
    private const string Title = "canarytitletopaz";
    private const string Prompt = "canarypromptgarnet";
    private const string Search = "canarysearchzircon";
    private const string Key = "canarykeymalachite";

    private readonly List<string> _tokens = [];
    private readonly List<string> _refusals = [];

    /// <summary>All of them, the tokens of sessions included.</summary>
    public IEnumerable<string> All => [ApiKey, Provider, Password, NewPassword, WrongPassword, WrongToken, Content, Title, Prompt, Search, Key, .. _tokens];

    /// <summary>The bodies of all answers that were errors.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    /// <summary>A model and an embedder whose answers are faults with a canary in them.</summary>
    public static void Fail(ScriptedProvider provider)
    {
        var body = $$"""{"error":{"message":"{{Provider}}","type":"{{Provider}}","code":"{{Provider}}"} }""";
        var faults = new[]
        {
            Reply.Failure(400, body: body), Reply.Failure(429, "60", body), Reply.Failure(500, body: body), Reply.Failure(200, body: body), Reply.Failure(418, body: Provider),
            Reply.Of("so far").Raw($"data: {{\"error\":{{\"message\":\"{Provider}\"}}}}\n\n").Stop(), Reply.Of("so far").Raw($"data: {{\"choices\": {Provider}\n\n").Stop(),
            new Reply().Raw($"{Provider}\n\n").Stop(), new Reply().Raw($"data: [\"{Provider}\"]\n\n").Stop(), new Reply().Finish(Provider),
        };
        foreach (var (i, fault) in faults.Index())
            provider.When(request => request.IsChat && request.LastUserMessage.Contains($"fault {i} ", StringComparison.Ordinal), fault);
        provider.When(request => !request.IsChat && request.Inputs.Any(input => input.Contains("fault", StringComparison.Ordinal)), Reply.Failure(400, body: body));
    }

    /// <summary>Everything that people do, and much that they should not, with a canary in each place.</summary>
    public async Task SingAsync(Uri address, string name)
    {
        using var http = new HttpClient { BaseAddress = address };
        var created = await MutateAsync(http, "createUser(input: { username: $name, password: $password }) { session { token } errors { message } }", new { name, password = Password });
        _tokens.Add(created.GetProperty("session").GetProperty("token").GetString()!);
        await MutateAsync(http, "signIn(input: { username: $name, password: $password }) { errors { message } }", new { name, password = WrongPassword });
        await SendAsync(http, "POST", "/sessions", new { username = name, password = WrongPassword });
        // A password typed where the name belongs, also in a path, which a log must know by its template alone.
        await SendAsync(http, "POST", "/sessions", new { username = WrongPassword, password = WrongPassword });
        await SendAsync(http, "POST", "/users", new { username = $"{WrongPassword} {WrongPassword}", password = Password });
        await SendAsync(http, "GET", $"/users/{WrongPassword}");
        await SendAsync(http, "PUT", $"/users/{WrongPassword}");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tokens[^1]);

        var made = await MutateAsync(
            http,
            "createConversation(input: { title: $title, systemPrompt: $prompt, idempotencyKey: $key }) { conversation { id } errors { message } }", new { title = Title, prompt = Prompt, key = Key });
        var id = made.GetProperty("conversation").GetProperty("id").GetString()!;
        var messages = $"/conversations/{Person.NumberOf(id)}/messages";
        await MutateAsync(http, "createMessage(input: { conversationId: $id, content: $content, idempotencyKey: $key }) { message { id } errors { message } }", new { id, content = Content, key = Key });
        await SendAsync(http, "POST", messages, new { content = $"{Content} again" }, Key);
        await SendAsync(http, "POST", messages, new { content = $"{Content} in conflict" }, Key);
        for (var fault = 0; fault < 11; fault++) await SendAsync(http, "POST", $"{messages}:complete", new { content = $"{Content} fault {fault} ", stream = fault % 2 == 0 });

        await SendAsync(http, "GET", $"/users/1/messages:search?q={Search}");
        await SendAsync(http, "GET", $"/users/1/messages:search?q=a&limit={Search}");
        await SendAsync(http, "GET", $"/graphql?query=%7BsearchMessages(query:%22{Search}%22)%7Bdegraded%7D%7D");
        await SendAsync(http, "GET", $"/graphql?query=query($q:String!)%7BsearchMessages(query:$q)%7Bdegraded%7D%7D&variables=%7B%22q%22:%22{Search}%22%7D");
        await SendAsync(http, "GET", $"/{Content}/{Search}");
        await SendAsync(http, WrongToken, $"/graphql/{Content}");
        await SendAsync(http, "GET", $"/nothing?token={WrongToken}&password={WrongPassword}&q={Search}");

        foreach (var (path, body) in new[]
        {
            ("/graphql", $"{{\"query\":\"{Content}"), ("/graphql", $$"""{"query":"mutation { createMessage(input: { content: \"{{Content}} } }"}"""),
            ("/graphql", $$"""{"query":"mutation($a: CreateMessageInput!) { createMessage(input: $a) { message { id } } }","variables":{"a":["{{Content}}"]} }"""),
            ("/graphql", $$"""{"query":"mutation($a: SignInInput!) { signIn(input: $a) { session { token } } }","variables":{"a":{"username":{"a":"{{WrongPassword}}"},"password":["{{WrongPassword}}"]} } }"""),
            ("/graphql", $$"""{"query":"mutation { signIn(input: { username: \"{{name}}\", password: \"{{WrongPassword}}\" }) { errors { code } } }"}"""),
            // Literals that the parser or a rule comes upon where something else belongs.
            ("/graphql", $$"""{"query":"mutation { signIn(input: { username: \"a\" \"{{WrongPassword}}\" }) { errors { code } } }"}"""),
            ("/graphql", $$"""{"query":"mutation { signIn(input: { username: \"a\", password: {{WrongPassword}} }) { errors { code } } }"}"""),
            ("/graphql", $$"""{"query":"{ searchMessages(query: {{Search}}) { degraded } }"}"""),
            ("/graphql", $$"""{"query":"query($q: Int = \"{{Search}}\") { searchMessages(query: \"a\", first: $q) { degraded } }"}"""),
            ("/graphql", $$"""{"query":"{ searchMessages(query: \"a\", mode: \"{{Search}}\") { degraded } }"}"""),
            ("/graphql", $$"""{"query":"query($q: Int) { searchMessages(query: \"a\", first: $q) { degraded } }","variables":{"q":"{{Search}}"} }"""),
            ("/graphql", $$"""{"query":"\"{{Content}}\" { me { id } }"}"""), ("/graphql", $$"""{"query":"{ me { id } } {{Content}}"}"""),
            (messages, $"{{\"content\":\"{Content}"), (messages, $$"""{"content":["{{Content}}"]}"""), (messages, $$"""{"content":"{{Content}}\ud800"}"""), (messages, $$"""{"content":"","{{Content}}":"{{Content}}"}"""),
            ("/users", $$"""{"username":"no name","password":"{{WrongPassword}}"}"""), ("/users", $$"""{"username":"{{name}}","password":{"{{WrongPassword}}":1} }"""), ("/sessions", $$"""{"username":7,"password":"{{WrongPassword}}"}"""),
        })
            await SendAsync(http, "POST", path, body);

        await SendAsync(http, "PATCH", $"/users/{name}", new { password = WrongPassword, new_password = NewPassword });
        await SendAsync(http, "PATCH", $"/users/{name}", new { password = Password, new_password = NewPassword });
        using var stranger = new HttpClient { BaseAddress = address };
        stranger.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {WrongToken}");
        await SendAsync(stranger, "GET", messages);
        await SendAsync(stranger, "POST", "/graphql", new { query = "{ me { id } }" });
        await using (var socket = await GraphQLSocket.OpenAsync(address))
        {
            await socket.SendAsync(new { type = "connection_init", payload = new { Authorization = $"Bearer {WrongToken}" } });
            await socket.Closed;
        }

        await using (var socket = await GraphQLSocket.ConnectAsync(address, _tokens[^1]))
        {
            await foreach (var answer in socket.SubscribeAsync("query($q: String!) { searchMessages(query: $q) { degraded } }", new { q = Search })) Assert.True(answer.TryGetProperty("data", out _));
            await socket.SendAsync(new { type = Content, payload = Content });
            await socket.Closed;
        }

        foreach (var line in new[] { $"Authorization: Bearer {WrongToken}\0", $"Authorization {WrongToken}", $"Authorization: Bearer {WrongToken}\r\n folded", $"Idempotency-Key: {Key}\u0001\0", $"Origin: https://{Content}.example\r\nConnection: close" })
            _refusals.Add((await RawHttp.SendAsync(address, $"GET /users/{name} HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n")).Answer);
        _refusals.Add((await RawHttp.SendAsync(address, $"GET /users/1/messages:search?q={Search}\0 HTTP/1.1\r\nHost: localhost\r\n\r\n")).Answer);
    }

    /// <summary>A question and an attempt to sign in, whatever comes of them: for times in which the database is away.</summary>
    public async Task SingAloneAsync(Uri address, string name)
    {
        using var http = new HttpClient { BaseAddress = address };
        await SendAsync(http, "POST", "/sessions", new { username = name, password = WrongPassword });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tokens[^1]);
        await SendAsync(http, "POST", "/conversations/1/messages", new { content = Content }, Key);
        await SendAsync(http, "POST", "/graphql", new { query = "query($q: String!) { searchMessages(query: $q) { degraded } }", variables = new { q = Search } });
        await SendAsync(http, "GET", $"/users/1/messages:search?q={Search}");
    }

    private async Task<JsonElement> MutateAsync(HttpClient http, string field, object variables)
    {
        var declared = string.Join(", ", JsonSerializer.SerializeToElement(variables).EnumerateObject().Select(variable => $"${variable.Name}: {(variable.Name == "id" ? "ID!" : "String!")}"));
        return JsonElement.Parse(await SendAsync(http, "POST", "/graphql", new { query = $"mutation({declared}) {{ {field} }}", variables })).GetProperty("data").EnumerateObject().First().Value;
    }

    private async Task<string> SendAsync(HttpClient http, string method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode || answer.Contains("\"message\":", StringComparison.Ordinal) || answer.Contains("\"error\":", StringComparison.Ordinal)) _refusals.Add(answer);
        return answer;
    }
}
