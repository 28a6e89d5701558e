using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>
/// What the Dockerfile makes, without an engine to make it: its own publish command in a copy of what it copies (the whole takes minutes, so
/// only with CHAT_TEST_ALL=1; else what the tests were built with), run without culture data, as in its image.
/// </summary>
public sealed partial class PublishedTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-published.").FullName;
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await Databases.CreateEmptyAsync(DatabaseKind.Sqlite);

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_migrates_serves_its_page_and_knows_names_and_words_without_culture_data()
    {
        var published = TestRun.IsLong ? await PublishAsync() : null;
        var settings = new Dictionary<string, string?>(ChatSettings.For(_database, null, null)) { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" };
        var (code, output) = await ChatProcess.RunAsync(["--migrate"], settings, published: published);
        Assert.True(code == 0, output);

        await using var service = await ChatProcess.StartAsync(_database, null, settings, "Production", published);
        using var http = service.CreateClient();
        await Eventually.HoldsAsync(async () =>
        {
            using var ready = await http.GetAsync("/health/ready");
            return (await ready.Content.ReadAsStringAsync()).Contains("\"status\":\"healthy\"", StringComparison.Ordinal);
        });
        Assert.Contains("<!doctype html>", await http.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("text/javascript", (await http.GetAsync("/app.js")).Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);

        using var renee = await Person.SignUpAsync(service.Address, "Rene\u0301e");
        var me = await renee.GraphQL.DataAsync("{ me { username } }");
        Assert.Equal("Renée", me.GetProperty("me").GetProperty("username").GetString());
        var again = await new GraphQLClient(http).DataAsync(
            "mutation($name: String!) { signIn(input: { username: $name, password: \"correct horse\" }) { session { user { username } } errors { code } } }",
            new { name = "RENE\u0301E" });
        Assert.Equal("Renée", again.GetProperty("signIn").GetProperty("session").GetProperty("user").GetProperty("username").GetString());
        using var found = await renee.Http.GetAsync("/users/rene%CC%81e");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);

        var conversation = await renee.CreateConversationAsync("Vacances");
        await renee.CompleteAsync(conversation, "L'E\u0301TE\u0301 à Ouessant, les chevaux");
        foreach (var words in (string[])["été", "ete", "cheval ouessant"])
        {
            var hits = await renee.GraphQL.DataAsync("query($words: String!) { searchMessages(query: $words, mode: KEYWORD) { nodes { content } } }", new { words });
            Assert.NotEqual(0, hits.GetProperty("searchMessages").GetProperty("nodes").GetArrayLength());
        }
    }

    [Fact]
    public async Task The_Dockerfile_copies_what_is_there_and_runs_as_nobody()
    {
        var lines = await DockerfileAsync();
        Assert.All(Sources(lines), source => Assert.True(Path.Exists(Repository.PathOf(source)), source));
        Assert.Equal("USER 1654", lines.Last(line => line.StartsWith("USER", StringComparison.Ordinal)));
        Assert.EndsWith("chiseled", lines.Last(line => line.StartsWith("FROM", StringComparison.Ordinal)), StringComparison.Ordinal);
        var ignored = await File.ReadAllLinesAsync(Repository.PathOf(".dockerignore"));
        Assert.Contains("*", ignored);
        Assert.All(Sources(lines).Select(source => source.Split('.')[0]), source => Assert.Contains(ignored, line => line.StartsWith($"!{source}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_compose_file_names_what_there_is()
    {
        var compose = JsonDocument.Parse(await NodeClients.RunAsync("compose.mjs", Repository.PathOf("compose.yaml"))).RootElement;
        var services = compose.GetProperty("services");
        Assert.Equal(["chat", "db", "migrations", "ollama"], services.EnumerateObject().Select(service => service.Name).Order());
        var settings = services.GetProperty("chat").GetProperty("environment");
        Assert.Equal(settings.ToString(), services.GetProperty("migrations").GetProperty("environment").ToString());
        Assert.Equal("postgres", settings.GetProperty("Database__Provider").GetString());
        Assert.Equal("pgvector/pgvector:pg17", services.GetProperty("db").GetProperty("image").GetString());
        Assert.StartsWith("127.0.0.1:", services.GetProperty("chat").GetProperty("ports")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("service_healthy", services.GetProperty("migrations").GetProperty("depends_on").GetProperty("db").GetProperty("condition").GetString());
    }

    private async Task<string> PublishAsync()
    {
        var lines = await DockerfileAsync();
        foreach (var source in Sources(lines)) await RunAsync("cp", ["-r", Repository.PathOf(source.TrimEnd('/')), _folder]);
        foreach (var left in Directory.GetDirectories(_folder, "*", SearchOption.AllDirectories).Where(folder => BuildLeft().IsMatch(folder)).ToList())
            if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        var published = Path.Combine(_folder, "app");
        var command = lines.Single(line => line.StartsWith("RUN dotnet publish", StringComparison.Ordinal))["RUN dotnet ".Length..]
            .Replace("$TARGETARCH", "amd64", StringComparison.Ordinal).Replace("/app", published, StringComparison.Ordinal);
        await RunAsync("dotnet", command.Split(' '));
        Assert.True(File.Exists(Path.Combine(published, "wwwroot", "index.html")));
        Assert.DoesNotContain(Directory.GetDirectories(published, "*", SearchOption.AllDirectories), folder => folder.EndsWith("Ide", StringComparison.Ordinal) || folder.Contains("node_modules", StringComparison.Ordinal));
        return published;
    }

    private async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}");
    }

    private static Task<string[]> DockerfileAsync() => File.ReadAllLinesAsync(Repository.PathOf("Dockerfile"));

    private static IEnumerable<string> Sources(IEnumerable<string> dockerfile) => dockerfile
        .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
        .SelectMany(line => line.Split(' ')[1..^1]);

    [GeneratedRegex("/(bin|obj|node_modules)$")]
    private static partial Regex BuildLeft();
}
