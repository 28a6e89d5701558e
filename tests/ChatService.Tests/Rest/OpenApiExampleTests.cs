using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatService.Tests;

/// <summary>Sends every example of the description, on a fresh database, and gets the documented answers.</summary>
public sealed class OpenApiExampleTests : IAsyncLifetime
{
    /// <summary>As one would go through them: from registering to deleting.</summary>
    private static readonly string[] _order =
    [
        "CreateUser", "GetUser", "SignIn", "CreateConversation", "GetConversation", "UpdateConversation", "ListConversations", "CreateMessage", "Complete",
        "UpdateMessage", "ListMessages", "SearchMessages", "DeleteMessage", "DeleteConversation", "ChangePassword", "SignOut", "DeleteUser",
    ];

    /// <summary>Members that are different each time.</summary>
    private static readonly string[] _free = ["token", "expires_at", "score", "requestId"];

    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _provider = await ScriptedProvider.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_example_is_answered_as_documented()
    {
        await using var app = ChatApp.Start(_database, _provider);
        using var http = app.As(null);
        var routes = Routes(JsonNode.Parse(await http.GetStringAsync("/openapi.json"))!);
        Assert.Equal(_order.Order(), routes.Keys.Order());
        var refused = 0;
        foreach (var name in _order)
        {
            var (method, path, route) = routes[name];
            var responses = route["responses"]!.AsObject();
            var success = responses.First(one => one.Key.StartsWith('2')).Key;
            var answers = (
                from response in responses
                from example in Examples(Json(response.Value!))
                select (example.Key, (Status: response.Key, Body: (JsonNode?)example.Value))).ToDictionary();
            refused += answers.Values.Count(answer => answer.Status != success);
            var events = Examples(responses[success]!["content"]?["text/event-stream"]);
            var requests = Examples(route["requestBody"]?["content"]?["application/json"]);
            // Without a body in either direction there is one way to call it.
            foreach (var call in requests.Keys.Union(answers.Keys).DefaultIfEmpty(""))
            {
                var (status, documented) = answers.GetValueOrDefault(call, (success, null));
                var response = responses[status]!;
                Script(documented, events.GetValueOrDefault(call));
                using var request = Request(method, path, route, requests.GetValueOrDefault(call));
                using var answer = await http.SendAsync(request);
                var body = await answer.Content.ReadAsStringAsync();
                Assert.True($"{(int)answer.StatusCode}" == status, $"{name} {call}: {(int)answer.StatusCode} {body}");
                if (events.GetValueOrDefault(call) is { } stream) Assert.Equal(Said(stream.GetValue<string>()), Said(body));
                else if (documented is not null) AssertSame(documented, JsonNode.Parse(body), $"{name} {call}");
                else Assert.Equal("", body);
                foreach (var header in answer.Headers.Where(header => header.Key is "Location" or "X-Session-Token" or "Idempotent-Replayed"))
                    Assert.True(response["headers"]?[header.Key] is not null, $"{name} {call}: {header.Key} is not described.");
                Assert.Equal(response["headers"]?["Location"] is not null, answer.Headers.Location is not null);
                if (status != success) continue;
                if (name == "SignOut") http.DefaultRequestHeaders.Authorization = null;
                if (name == "SignIn") http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", JsonNode.Parse(body)!["token"]!.GetValue<string>());
            }
        }

        Assert.True(refused > 0);
    }

    /// <summary>The model says what the example has it say.</summary>
    private void Script(JsonNode? whole, JsonNode? events)
    {
        if ((whole as JsonObject)?["choices"]?[0]?["message"] is { } message) _provider.Answer(message["content"]!.GetValue<string>());
        if (events is not null) _provider.Answer(Said(events.GetValue<string>()).Text);
    }

    /// <summary>What a stream says, into however many pieces it is cut: the text, how it ends, and the shape of each piece.</summary>
    private static (string Text, string? End, string Last, string Shapes) Said(string stream)
    {
        var data = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..]).ToList();
        var choices = data.SkipLast(1).Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!.AsObject()).ToList();
        return (
            string.Concat(choices.Select(choice => choice["delta"]!["content"]!.GetValue<string>())),
            choices[^1]["finish_reason"]?.GetValue<string>(),
            data[^1],
            string.Join(' ', choices.SelectMany(choice => choice.Concat(choice["delta"]!.AsObject())).Select(member => member.Key).Distinct()));
    }

    private static Dictionary<string, (string Method, string Path, JsonNode Route)> Routes(JsonNode description) => (
        from path in description["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        select (method.Key, Path: path.Key, Route: method.Value!)).ToDictionary(one => one.Route["operationId"]!.GetValue<string>(), one => (one.Key, one.Path, one.Route));

    private static JsonNode? Json(JsonNode response) => response["content"]?["application/json"] ?? response["content"]?["application/problem+json"];

    private static Dictionary<string, JsonNode> Examples(JsonNode? body) =>
        body?["examples"]?.AsObject().ToDictionary(example => example.Key, example => example.Value!["value"]!) ?? [];

    private static HttpRequestMessage Request(string method, string path, JsonNode route, JsonNode? body)
    {
        var query = new List<string>();
        var headers = new List<(string Name, string Value)>();
        foreach (var parameter in route["parameters"]?.AsArray() ?? [])
        {
            var (name, place) = (parameter!["name"]!.GetValue<string>(), parameter["in"]!.GetValue<string>());
            Assert.True(parameter["example"] is not null || parameter["required"] is null, $"{path}: {name} has no example.");
            if (parameter["example"] is not { } example) continue;
            if (place == "path") path = path.Replace($"{{{name}}}", Uri.EscapeDataString($"{example}"), StringComparison.Ordinal);
            else if (place == "query") query.Add($"{name}={Uri.EscapeDataString($"{example}")}");
            else headers.Add((name, $"{example}"));
        }

        var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), query.Count == 0 ? path : $"{path}?{string.Join('&', query)}");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return request;
    }

    private static void AssertSame(JsonNode? documented, JsonNode? answered, string where)
    {
        Assert.Equal(documented?.GetValueKind(), answered?.GetValueKind());
        if (documented is JsonObject members)
        {
            Assert.Equal(members.Select(member => member.Key), answered!.AsObject().Select(member => member.Key));
            foreach (var (name, value) in members.Where(member => !_free.Contains(member.Key))) AssertSame(value, answered[name], $"{where}.{name}");
        }
        else if (documented is JsonArray items)
        {
            Assert.Equal(items.Count, answered!.AsArray().Count);
            foreach (var (place, item) in items.Index()) AssertSame(item, answered[place], $"{where}[{place}]");
        }
        else
        {
            Assert.True(JsonNode.DeepEquals(documented, answered), $"{where}: {answered} instead of {documented}");
        }
    }
}
