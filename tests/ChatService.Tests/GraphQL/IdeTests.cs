using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>The IDE that a browser gets at /graphql, and who gets it.</summary>
public sealed partial class IdeTests(SqliteApp app) : IClassFixture<SqliteApp>
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Fact]
    public async Task In_Chromium_it_loads_the_schema_and_runs_a_query_a_mutation_and_a_subscription()
    {
        app.Provider.When(request => request.IsChat, Reply.Of("Nothing ", "but the sun ", "rises."));
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync();
        using var seen = JsonDocument.Parse(await NodeClients.RunAsync("ide.mjs", app.App.Address.AbsoluteUri, ada.Token, conversation));
        Assert.Equal(ada.Username, seen.RootElement.GetProperty("username").GetString());
        Assert.Equal("COMPLETED", seen.RootElement.GetProperty("status").GetString());
        Assert.Equal(0, seen.RootElement.GetProperty("elsewhere").GetArrayLength());
    }

    [Theory]
    [InlineData(Browser, true)]
    [InlineData("text/html", true)]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("application/graphql-response+json, text/html;q=0.9", false)]
    [InlineData("text/event-stream", false)]
    public async Task What_is_accepted_alone_decides_who_gets_it(string? accept, bool isPage)
    {
        using var response = await GetAsync(app.App, "/graphql?query={__typename}", accept);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(isPage, response.Content.Headers.ContentType?.MediaType == "text/html");
    }

    [Fact]
    public async Task A_post_never_gets_it()
    {
        using var client = app.App.As(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", Browser);
        using var response = await client.PostAsync("/graphql", new StringContent("""{"query":"{ __typename }"}""", null, "application/json"));
        Assert.Equal("""{"data":{"__typename":"Query"}}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Its_policy_lets_it_reach_this_service_alone()
    {
        using var page = await GetAsync(app.App, "/graphql", Browser);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains($"connect-src 'self' ws://{app.App.Address.Authority};", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_of_the_page_is_there_and_so_is_its_licence()
    {
        using var page = await GetAsync(app.App, "/graphql", Browser);
        var files = FileOfPage().Matches(await page.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(10, files.Count);
        foreach (var file in files.Append("LICENSE"))
        {
            using var response = await GetAsync(app.App, $"/graphql/{file}", "*/*");
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{file}: {response.StatusCode}");
        }

        using var licence = await GetAsync(app.App, "/graphql/LICENSE", "*/*");
        Assert.Contains("ChilliCream License 1.0", await licence.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_Production_the_page_and_introspection_are_off_unless_switched_on(bool isOn)
    {
        var settings = isOn ? new Dictionary<string, string?> { ["Ide:Enabled"] = "true", ["Guard:Introspection"] = "true" } : null;
        await using var production = ChatApp.Start(app.Database, app.Provider, settings, "Production");
        using var page = await GetAsync(production, "/graphql", Browser);
        Assert.Equal(isOn, page.Content.Headers.ContentType?.MediaType == "text/html");
        using var file = await GetAsync(production, "/graphql/bcp-config.json", "*/*");
        Assert.Equal(isOn ? HttpStatusCode.OK : HttpStatusCode.NotFound, file.StatusCode);
        var schema = await new GraphQLClient(production.As(null)).RunAsync("{ __schema { queryType { name } } }");
        Assert.Equal(isOn ? [] : ["GRAPHQL_VALIDATION_FAILED"], schema.Codes);
    }

    private static async Task<HttpResponseMessage> GetAsync(ChatApp app, string path, string? accept)
    {
        using var client = app.As(null);
        if (accept is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);
        return await client.GetAsync(path);
    }

    [GeneratedRegex("(?:src|href)=\"(static/[^\"]+)\"")]
    private static partial Regex FileOfPage();
}
