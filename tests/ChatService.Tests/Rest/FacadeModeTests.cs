using System.Net;
using System.Net.Http.Json;

namespace ChatService.Tests;

/// <summary>The two modes of the facade: what each trusts, and where it refuses to.</summary>
public sealed class FacadeModeTests
{
    private static readonly Dictionary<string, string?> _open = new()
    {
        ["Facade:Mode"] = "documented",
        ["Kestrel:Endpoints:Open:Url"] = "http://0.0.0.0:0",
    };

    [Fact]
    public async Task Documented_mode_listens_on_loopback_addresses_unless_the_open_network_is_meant()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        foreach (var (setting, value) in ((string, string)[])[("Kestrel:Endpoints:Open:Url", "http://0.0.0.0:0"), ("ASPNETCORE_URLS", "http://localhost:0;http://0.0.0.0:0"), ("ASPNETCORE_HTTP_PORTS", "0")])
        {
            var settings = new Dictionary<string, string?> { ["Facade:Mode"] = "documented", [setting] = value };
            var (code, output) = await ChatProcess.RunAsync([], ChatSettings.For(database, null, settings), "Development");
            Assert.NotEqual(0, code);
            Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
            Assert.Contains("Facade:Mode=documented trusts every caller, so it listens on loopback addresses alone", output, StringComparison.Ordinal);
        }

        await using var meant = await ChatProcess.StartAsync(database, settings: new Dictionary<string, string?>(_open) { ["Facade:AllowOpenNetwork"] = "true" });
        Assert.Equal("0.0.0.0", meant.Address.Host);
        await Eventually.HoldsAsync(() => Task.FromResult(meant.Output.Contains("The REST facade is in documented mode", StringComparison.Ordinal)));
        using var http = new HttpClient { BaseAddress = new UriBuilder(meant.Address) { Host = "127.0.0.1" }.Uri };
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(http, HttpMethod.Get, "/users/ada", "chat.example:3001")).Status);
    }

    [Fact]
    public async Task A_name_that_a_stranger_points_at_this_machine_reads_nothing_in_documented_mode()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Facade:Mode"] = "documented" });
        using var http = app.As(null);
        (await http.PostAsJsonAsync("/users", new { username = "ada", password = "x" })).Dispose();
        (await http.PostAsJsonAsync("/conversations", new { title = "Secret engines", user_id = 1 })).Dispose();
        foreach (var host in (string[])["localhost:3001", "LOCALHOST", "chat.localhost:3001", "127.0.0.1", "127.8.8.8:3001", "[::1]:3001"])
        {
            var (status, body) = await AskAsync(http, HttpMethod.Get, "/users/1/conversations", host);
            Assert.True(status == HttpStatusCode.OK && body.Contains("Secret engines", StringComparison.Ordinal), $"{host}: {status} {body}");
        }

        foreach (var host in (string[])["evil.example:3001", "evil.example", "localhost.evil.example", "notlocalhost", "192.168.1.7:3001", "0.0.0.0", "[fe80::1]", "evil.localhost.example"])
        {
            foreach (var path in (string[])["/users/ada", "/users/1/conversations", "/conversations/1", "/conversations/1/messages", "/users/1/messages:search?q=engines"])
            {
                var (status, body) = await AskAsync(http, HttpMethod.Get, path, host);
                Assert.True(status == HttpStatusCode.BadRequest, $"{host}{path}: {status} {body}");
                Assert.Contains("\"code\":\"BAD_USER_INPUT\"", body, StringComparison.Ordinal);
                Assert.DoesNotContain("Secret", body, StringComparison.Ordinal);
            }

            Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(http, HttpMethod.Delete, "/conversations/1", host)).Status);
        }
    }

    [Fact]
    public async Task Documented_mode_takes_short_passwords_and_asks_for_a_token_on_the_other_face()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Facade:Mode"] = "documented" });
        using var http = app.As(null);
        using var created = await http.PostAsJsonAsync("/users", new { username = "ada", password = "x" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains("\"password\":\"x\"", await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-store", created.Headers.CacheControl?.ToString());
        // GraphQL asks for a token in this mode as in the other.
        var me = await new GraphQLClient(http).RunAsync("{ changeCursor }");
        Assert.Equal(["UNAUTHENTICATED"], me.Codes);
    }

    [Fact]
    public async Task Documented_mode_serves_no_proxies()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(
            database, settings: new Dictionary<string, string?> { ["Facade:Mode"] = "documented", ["Limits:KnownProxies:0"] = "127.0.0.1", ["Limits:KnownProxies:1"] = "::1" });
        using var http = app.As(null);
        (await http.PostAsJsonAsync("/users", new { username = "ada", password = "x" })).Dispose();
        foreach (var (header, value) in new[]
        {
            ("Forwarded", "for=198.51.100.7"), ("X-Forwarded-For", "198.51.100.7"), ("x-forwarded-host", "chat.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Port", "443"),
            ("X-FORWARDED-SERVER", "proxy"), ("X-Forwarded-Prefix", "/chat"), ("X-Forwarded-By", "proxy"), ("X-Forwarded", "for=198.51.100.7"), ("Via", "1.1 proxy"),
            ("X-Real-IP", "198.51.100.7"), ("X-Client-IP", "198.51.100.7"), ("True-Client-IP", "198.51.100.7"), ("CF-Connecting-IP", "198.51.100.7"), ("X-Original-For", "198.51.100.7:1"),
        })
        {
            foreach (var (method, path) in new[] { (HttpMethod.Get, "/users/ada"), (HttpMethod.Post, "/users") })
            {
                using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? JsonContent.Create(new { username = "eve", password = "x" }) : null };
                Assert.True(request.Headers.TryAddWithoutValidation(header, value));
                using var response = await http.SendAsync(request);
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{header}: {response.StatusCode}");
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(http, HttpMethod.Get, "/users/ada", "localhost")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(http, HttpMethod.Get, "/users/eve", "localhost")).Status);
    }

    [Fact]
    public async Task Secure_mode_is_what_a_published_service_has()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, environment: "Production");
        using var http = app.As(null);
        using var tooShort = await http.PostAsJsonAsync("/users", new { username = "ada", password = "seven77" });
        Assert.Equal(HttpStatusCode.BadRequest, tooShort.StatusCode);
        using var created = await http.PostAsJsonAsync("/users", new { username = "ada", password = "eight888" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains("\"password\":\"********\"", await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-store", created.Headers.CacheControl?.ToString());
        Assert.NotEmpty(created.Headers.GetValues("X-Session-Token").Single());
        using var session = await http.PostAsJsonAsync("/sessions", new { username = "ada", password = "eight888" });
        Assert.Equal(HttpStatusCode.Created, session.StatusCode);
        Assert.Equal("no-store", session.Headers.CacheControl?.ToString());
        foreach (var path in (string[])["/users/ada", "/users/1/conversations", "/conversations/1", "/conversations/1/messages", "/users/1/messages:search?q=x"])
        {
            using var response = await http.GetAsync(path);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{path}: {response.StatusCode}");
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient http, HttpMethod method, string path, string host)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Host = host } };
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
