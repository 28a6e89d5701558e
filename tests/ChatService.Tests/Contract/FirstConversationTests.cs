using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>What a newcomer copies from the pages, in the order in which it stands there, on a fresh service.</summary>
public sealed partial class FirstConversationTests
{
    [Theory]
    [InlineData("README.md", "loom", "analytical engine")]
    [InlineData("docs/LISEZMOI.md", "métier", "machine analytique")]
    public async Task Its_curl_lines_and_its_GraphQL_do_what_the_page_says(string page, string found, string foundByGraphQL)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, environment: await EnvironmentOfDotnetRunAsync());
        var text = await File.ReadAllTextAsync(Repository.PathOf(page));
        using var http = app.As(null);

        var lines = CurlLines().Matches(text).Select(line => line.Value.Trim()).Where(line => !IsOfSecureMode(line)).ToList();
        Assert.True(lines.Count >= 7, $"{lines.Count} curl lines.");
        foreach (var line in lines)
        {
            var (status, body) = await CurlAsync(http, line);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{line}: {status} {body}");
            if (line.Contains("\"stream\":true", StringComparison.Ordinal)) Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
            if (line.Contains(":search", StringComparison.Ordinal))
                await Eventually.GetAsync(async () => (await CurlAsync(http, line)).Body, answer => JsonElement.Parse(answer).EnumerateArray().Any(hit => Says(hit.GetProperty("content"), found)));
        }

        var operations = GraphQLBlocks().Matches(text).SelectMany(block => block.Groups[1].Value.Split("\n\n")).Select(operation => operation.Trim()).ToList();
        Assert.Equal(["mutation", "mutation", "mutation", "subscription", "{"], operations.Select(operation => operation.Split(' ')[0]));
        foreach (var operation in operations)
        {
            var answer = await AskAsync(http, operation);
            Assert.DoesNotContain("\"errors\":[{", answer, StringComparison.Ordinal);
            if (operation.Contains("createUser", StringComparison.Ordinal))
                http.DefaultRequestHeaders.Authorization = new("Bearer", Data(answer).GetProperty("createUser").GetProperty("session").GetProperty("token").GetString());
            if (operation.Contains("startCompletion", StringComparison.Ordinal)) Assert.Contains("\"id\":\"cpl_6\"", answer, StringComparison.Ordinal);
            if (operation.StartsWith("subscription", StringComparison.Ordinal)) Assert.Contains("\"status\":\"COMPLETED\"", answer, StringComparison.Ordinal);
            if (operation.Contains("searchMessages", StringComparison.Ordinal))
            {
                await Eventually.GetAsync(
                    () => AskAsync(http, operation),
                    hits => Data(hits).GetProperty("searchMessages").GetProperty("edges").EnumerateArray().Any(edge => Says(edge.GetProperty("node").GetProperty("content"), foundByGraphQL)));
            }
        }
    }

    [Fact]
    public async Task Its_lines_for_secure_mode_do_what_the_page_says()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["AllowedHosts"] = "localhost;127.0.0.1" }, environment: "Production");
        using var http = app.As(null);
        var lines = CurlLines().Matches(await File.ReadAllTextAsync(Repository.PathOf("README.md"))).Select(line => line.Value.Trim()).Where(IsOfSecureMode).ToList();
        Assert.Equal(5, lines.Count);
        string? token = null;
        foreach (var line in lines)
        {
            if (line.Contains("$TOKEN", StringComparison.Ordinal))
                Assert.Equal(HttpStatusCode.Unauthorized, (await CurlAsync(http, line.Replace(" -H \"Authorization: Bearer $TOKEN\"", "", StringComparison.Ordinal))).Status);
            var (status, body) = await CurlAsync(http, line.Replace("$TOKEN", token, StringComparison.Ordinal));
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{line}: {status} {body}");
            if (line.Contains("/sessions", StringComparison.Ordinal)) token = JsonElement.Parse(body).GetProperty("token").GetString();
        }
    }

    private static async Task<string> EnvironmentOfDotnetRunAsync()
    {
        using var settings = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.PathOf("ChatService.GraphQL/Properties/launchSettings.json")));
        var profile = settings.RootElement.GetProperty("profiles").EnumerateObject().First().Value.GetProperty("environmentVariables");
        return profile.TryGetProperty("ASPNETCORE_ENVIRONMENT", out var environment) ? environment.GetString()! : "Production";
    }

    /// <summary>Those that send a token, or ask for one.</summary>
    private static bool IsOfSecureMode(string line) =>
        line.Contains("$TOKEN", StringComparison.Ordinal) || line.Contains("/sessions ", StringComparison.Ordinal) || line.Contains("-si ", StringComparison.Ordinal);

    /// <summary>As curl reads such a line: options, quoted words, an address.</summary>
    private static async Task<(HttpStatusCode Status, string Body)> CurlAsync(HttpClient http, string line)
    {
        var words = Words().Matches(line).Select(word => word.Groups[1].Success ? word.Groups[1].Value : word.Groups[2].Success ? word.Groups[2].Value : word.Value).Skip(1).ToList();
        var address = words.Single(word => word.StartsWith("localhost:3001/", StringComparison.Ordinal));
        var body = words.IndexOf("-d") is >= 0 and var at ? words[at + 1] : null;
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, address["localhost:3001".Length..]);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = null;
        }

        foreach (var header in words.Index().Where(word => word.Item == "-H").Select(word => words[word.Index + 1].Split(": ")))
            Assert.True(request.Headers.TryAddWithoutValidation(header[0], header[1]) || request.Content!.Headers.TryAddWithoutValidation(header[0], header[1]));

        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A stream is read to its end.</summary>
    private static async Task<string> AskAsync(HttpClient http, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query }) };
        if (query.StartsWith("subscription", StringComparison.Ordinal)) request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{query}: {response.StatusCode} {answer}");
        return answer;
    }

    private static JsonElement Data(string answer) => JsonElement.Parse(answer).GetProperty("data");

    private static bool Says(JsonElement content, string words) => content.GetString()!.Contains(words, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^    curl .*$", RegexOptions.Multiline)]
    private static partial Regex CurlLines();

    [GeneratedRegex("^```graphql\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex GraphQLBlocks();

    [GeneratedRegex(@"'([^']*)'|""([^""]*)""|\S+")]
    private static partial Regex Words();
}
