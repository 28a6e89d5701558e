using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;

namespace ChatService.Tests;

/// <summary>What a browser is told, and which pages may call.</summary>
public sealed class BrowserTests(SqliteApp app) : IClassFixture<SqliteApp>
{
    [Theory]
    [InlineData("https://foreign.example")]
    [InlineData("null")]
    [InlineData("http://localhost.foreign.example")]
    [InlineData("http://localhost@foreign.example")]
    public async Task A_foreign_page_is_refused_on_every_surface(string origin)
    {
        foreach (var (path, type) in new[] { ("/graphql", "application/json"), ("/users", "application/problem+json") })
        {
            using var response = await SendAsync(app.App, HttpMethod.Post, path, origin);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("\"ORIGIN_REFUSED\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }

        Assert.Equal(HttpStatusCode.Forbidden, await ShakeHandsAsync(app.App, origin));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://localhost:5173")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080")]
    public async Task Programs_and_in_Development_pages_of_this_machine_may_call(string? origin)
    {
        using var response = await SendAsync(app.App, HttpMethod.Post, "/graphql", origin);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(origin is null ? [] : [origin], Header(response, "Access-Control-Allow-Origin"));
        Assert.Empty(Header(response, "Access-Control-Allow-Credentials"));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await ShakeHandsAsync(app.App, origin));
    }

    [Fact]
    public async Task In_Production_only_its_own_pages_and_the_named_ones_may_call()
    {
        var settings = new Dictionary<string, string?> { ["Security:AllowedOrigins:0"] = "https://chat.example" };
        await using var production = ChatApp.Start(app.Database, app.Provider, settings, "Production");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("https://chat.example"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"https://{production.Address.Authority}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("http://localhost:5173"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("https://chat.example.foreign.example"));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await ShakeHandsAsync(production, "https://chat.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await ShakeHandsAsync(production, "http://localhost:5173"));

        async Task<HttpStatusCode> StatusAsync(string origin)
        {
            using var response = await SendAsync(production, HttpMethod.Post, "/graphql", origin);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_name_that_a_stranger_points_here_is_not_its_own_page()
    {
        using var response = await SendAsync(app.App, HttpMethod.Post, "/graphql", "http://rebound.example", host: "rebound.example");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_preflight_names_what_a_page_may_send_and_a_foreign_one_learns_nothing()
    {
        using var own = await PreflightAsync("http://localhost:5173");
        Assert.Equal(["http://localhost:5173"], Header(own, "Access-Control-Allow-Origin"));
        Assert.Equal(["Authorization,Content-Type,Accept,Idempotency-Key"], Header(own, "Access-Control-Allow-Headers"));
        using var foreign = await PreflightAsync("https://foreign.example");
        Assert.Empty(Header(foreign, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/users", "POST")]
    [InlineData("/conversations/1", "DELETE")]
    [InlineData("/users/1/messages:search?q=a", "GET")]
    public async Task The_facade_tells_foreign_pages_nothing_either(string path, string method)
    {
        using var own = await PreflightAsync("http://localhost:5173", path, method);
        Assert.Equal(["http://localhost:5173"], Header(own, "Access-Control-Allow-Origin"));
        Assert.Contains(method, Assert.Single(Header(own, "Access-Control-Allow-Methods")), StringComparison.Ordinal);
        foreach (var origin in new[] { "https://foreign.example", "null" })
        {
            using var preflight = await PreflightAsync(origin, path, method);
            using var request = await SendAsync(app.App, new HttpMethod(method), path, origin);
            Assert.DoesNotContain(preflight.Headers.Concat(request.Headers), header => header.Key.StartsWith("Access-Control", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task No_answer_sets_a_cookie_and_none_is_read()
    {
        var ada = await app.RegisterAsync("ada");
        using var client = app.App.As(null);
        client.DefaultRequestHeaders.Add("Cookie", $"session={ada.Token}; Authorization=Bearer {ada.Token}; token={ada.Token}");
        foreach (var (path, body) in new[]
        {
            ("/", null), ("/app.js", null), ("/nothing", null), ("/openapi.json", null), ("/graphql?query={me{id}}", null), ($"/graphql?query={{me{{id}}}}&token={ada.Token}&access_token={ada.Token}", null),
            ("/graphql", """{"query":"{ me { id } }"}"""), ("/users", """{"username":"cookie","password":"correct horse"}"""), ("/sessions", """{"username":"cookie","password":"correct horse"}"""), ("/sessions", "{}"),
        })
        {
            using var response = body is null ? await client.GetAsync(path) : await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Empty(Header(response, "Set-Cookie"));
            if (path.StartsWith("/graphql", StringComparison.Ordinal)) Assert.Equal("""{"data":{"me":null}}""", await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(ChatApp app, HttpMethod method, string path, string? origin, string? host = null)
    {
        using var client = app.As(null);
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Host = host;
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Post) request.Content = new StringContent("""{"query":"{ __typename }"}""", Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> PreflightAsync(string origin, string path = "/graphql", string method = "POST")
    {
        using var client = app.App.As(null);
        using var request = new HttpRequestMessage(HttpMethod.Options, path)
        {
            Headers =
            {
                { "Origin", origin }, { "Access-Control-Request-Method", method }, { "Access-Control-Request-Headers", "authorization,content-type" },
            },
        };
        return await client.SendAsync(request);
    }

    /// <returns>The status of the handshake's answer.</returns>
    private static async Task<HttpStatusCode> ShakeHandsAsync(ChatApp app, string? origin)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.AddSubProtocol("graphql-transport-ws");
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(app.Address) { Scheme = "ws", Path = "/graphql" }.Uri;
        try
        {
            await socket.ConnectAsync(address, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The status tells what happened.
        }

        return socket.HttpStatusCode;
    }

    private static string[] Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? [.. values] : [];
}
