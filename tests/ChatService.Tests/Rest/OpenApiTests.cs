using System.Text.Json.Nodes;

namespace ChatService.Tests;

public class OpenApiTests(Facade facade) : IClassFixture<Facade>
{
    [Fact]
    public async Task The_committed_description_is_the_one_that_is_served()
    {
        var served = await facade.Client.GetStringAsync("/openapi.json");
        var committed = await File.ReadAllTextAsync(Repository.PathOf("ChatService.Rest/openapi.json"));
        Assert.Equal(committed.TrimEnd(), served.ReplaceLineEndings("\n").TrimEnd());
    }

    [Theory]
    [InlineData("CreateMessage", "201 400 401 404 422 default")]
    [InlineData("UpdateMessage", "200 400 401 404 default")]
    [InlineData("DeleteMessage", "204 400 401 404 409 default")]
    public async Task Only_what_can_be_answered_is_described(string operation, string statuses)
    {
        var paths = await PathsAsync();
        var route = paths.SelectMany(path => path.Value!.AsObject()).Single(method => method.Value!["operationId"]!.GetValue<string>() == operation);
        Assert.Equal(statuses, string.Join(' ', route.Value!["responses"]!.AsObject().Select(response => response.Key)));
    }

    [Fact]
    public async Task Each_problem_is_described_by_the_codes_that_it_can_have()
    {
        var paths = await PathsAsync();
        var told = (
            from path in paths
            from method in path.Value!.AsObject()
            from response in method.Value!["responses"]!.AsObject()
            where !response.Key.StartsWith('2')
            select (Of: $"{method.Value["operationId"]} {response.Key}", Codes: response.Value!["description"]!.GetValue<string>())).ToLookup(told => told.Of, told => told.Codes);
        Assert.All(told.Where(one => !one.Key.EndsWith("default", StringComparison.Ordinal)), one => Assert.Matches("^[A-Z_]+(, [A-Z_]+)*$", one.Single()));
        Assert.Equal("NOTHING_TO_COMPLETE, CONVERSATION_BUSY, COMPLETION_CANCELLED", told["Complete 409"].Single());
        Assert.Equal("UNAUTHENTICATED, INVALID_CREDENTIALS", told["SignIn 401"].Single());
        Assert.Equal("OVERLOADED, STORAGE_UNAVAILABLE, STORAGE_FULL, SHUTTING_DOWN", told["CreateUser 503"].Single());
        Assert.Contains("403 ORIGIN_REFUSED; 405 METHOD_NOT_ALLOWED", told["GetUser default"].Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CreateMessageRequest", "content", "1 131072")]
    [InlineData("UpdateMessageRequest", "content", "1 131072")]
    [InlineData("CompleteRequest", "content", "1 131072")]
    [InlineData("CompleteRequest", "max_output_tokens", "1 2147483647")]
    [InlineData("CompleteRequest", "temperature", "0 2")]
    [InlineData("CreateConversationRequest", "title", "1 200")]
    [InlineData("UpdateConversationRequest", "title", "1 200")]
    [InlineData("MessageResponse", "role", "user assistant system")]
    [InlineData("CompletionChoice", "finish_reason", "stop length content_filter")]
    [InlineData("Credentials", "username", "1 to 64 Latin letters")]
    [InlineData("Credentials", "password", "8 to 128 characters")]
    public async Task What_a_member_may_be_is_described(string schema, string member, string rule) =>
        Assert.StartsWith(rule, Rule((await DescriptionAsync())["components"]!["schemas"]![schema]!["properties"]![member]!), StringComparison.Ordinal);

    [Theory]
    [InlineData("q", "1 1000")]
    [InlineData("mode", "semantic keyword hybrid")]
    [InlineData("limit", "1 100")]
    [InlineData("Idempotency-Key", "^[!-~]{1,255}$")]
    public async Task What_a_parameter_may_be_is_described(string parameter, string rule)
    {
        var schemas =
            from path in await PathsAsync()
            from method in path.Value!.AsObject()
            from described in method.Value!["parameters"]?.AsArray() ?? []
            where described!["name"]!.GetValue<string>() == parameter
            select described!["schema"]!;
        Assert.NotEmpty(schemas);
        Assert.All(schemas, schema => Assert.Equal(rule, Rule(schema)));
    }

    /// <summary>Its bounds, its pattern or its words; else what is said of it.</summary>
    private static string Rule(JsonNode schema)
    {
        var keywords = new[] { "minLength", "maxLength", "minimum", "maximum", "pattern" }.Select(name => schema[name]).OfType<JsonNode>();
        var rule = string.Join(' ', keywords.Concat(schema["enum"]?.AsArray().OfType<JsonNode>() ?? []));
        return rule.Length > 0 ? rule : schema["description"]!.GetValue<string>();
    }

    [Fact]
    public async Task The_headers_of_answers_are_described()
    {
        var paths = await PathsAsync();
        var told = (
            from path in paths
            from method in path.Value!.AsObject()
            from response in method.Value!["responses"]!.AsObject()
            from header in response.Value!["headers"]?.AsObject() ?? []
            select (Operation: method.Value["operationId"]!.GetValue<string>(), Status: response.Key, header.Key, Text: header.Value!["description"]?.GetValue<string>())).ToList();
        Assert.All(told, header => Assert.NotEmpty(header.Text!));
        Assert.Equal(
            [
                "Complete 200 Idempotent-Replayed", "CreateConversation 201 Idempotent-Replayed", "CreateConversation 201 Location", "CreateMessage 201 Idempotent-Replayed",
                "CreateUser 201 Location", "CreateUser 201 X-Session-Token",
            ],
            told.Where(header => header.Key != "Retry-After").Select(header => $"{header.Operation} {header.Status} {header.Key}").Order(StringComparer.Ordinal));
        var routes = paths.SelectMany(path => path.Value!.AsObject()).Select(method => method.Value!).ToList();
        Assert.Equal(
            routes.SelectMany(route => route["responses"]!.AsObject().Where(response => response.Key is "429" or "503" or "default").Select(response => $"{route["operationId"]} {response.Key}")).Order(),
            told.Where(header => header.Key == "Retry-After").Select(header => $"{header.Operation} {header.Status}").Order());
    }

    private async Task<JsonNode> DescriptionAsync() => JsonNode.Parse(await facade.Client.GetStringAsync("/openapi.json"))!;

    private async Task<JsonObject> PathsAsync() => (await DescriptionAsync())["paths"]!.AsObject();
}

/// <summary>The description as its readers have it: other people's tools, and those who try what it shows.</summary>
public class OpenApiReaderTests(SqliteApp app) : IClassFixture<SqliteApp>
{
    [Fact]
    public async Task A_public_validator_finds_nothing_wrong() => Assert.Equal("", await NodeClients.RunAsync("openapi.mjs", app.App.Address.AbsoluteUri));

    [Fact]
    public Task In_Chromium_its_page_loads_nothing_from_elsewhere_and_sends_requests() => NodeClients.RunAsync("docs.mjs", app.App.Address.AbsoluteUri);
}
