using System.Net;
using System.Text;
using ChatService.Data;
using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>What protects an answer stands on every one of them, whatever it is and whoever refused.</summary>
public sealed class HeaderTests : IAsyncLifetime
{
    private static readonly Caller _elsewhere = new(null, null, "elsewhere");
    private const string Broken = "chat_1_broken";
    private const string Events = "text/event-stream";

    private const int Streams = 3;

    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _provider = await ScriptedProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Facade:Mode"] = "secure",
            ["AllowedHosts"] = "localhost;127.0.0.1",
            ["Limits:Streams"] = $"{Streams}",
            ["Limits:OperationsAtOnce"] = "1",
            ["Limits:OperationsWaiting"] = "1",
            ["Limits:OperationPatience"] = "00:01:00",
            ["Transport:ReceiveTimeout"] = "00:00:02",
        };
        _app = ChatApp.Start(_database, _provider, settings, services: services => services.AddSingleton(provider =>
        {
            var sessions = provider.GetRequiredService<SessionService>();
            return new SessionLookup(
                (token, ct) => token == Broken ? throw new InvalidOperationException("broken on purpose") : sessions.FindAsync(token, ct), sessions.IsRemembered, sessions.FindLiveAsync);
        }));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Every_answer_has_the_headers_that_protect_it()
    {
        using var ada = await Person.SignUpAsync(_app.Address, "ada");
        var messages = $"/conversations/{Person.NumberOf(await ada.CreateConversationAsync("One"))}/messages";
        var seen = new HashSet<HttpStatusCode>();

        foreach (var (status, method, path, body, headers) in new (int, string, string, string?, string[])[]
        {
            (200, "GET", "/", null, []),
            (200, "GET", "/style.css", null, []),
            (200, "GET", "/docs/", null, []),
            (200, "GET", "/openapi.json", null, []),
            (200, "GET", "/health/live", null, []),
            (200, "GET", "/health/ready", null, []),
            (200, "GET", "/graphql?query={__typename}", null, []),
            (200, "POST", "/graphql", """{"query":"{ me { id } }"}""", []),
            (200, "POST", "/graphql", """{"query":"{ me { id } }"}""", ["Accept", Events]),
            (200, "GET", messages, null, []),
            (200, "POST", messages + ":complete", """{"stream":true,"content":"Well?"}""", []),
            (201, "POST", messages, """{"content":"Hello."}""", []),
            (204, "OPTIONS", "/graphql", null, ["Origin", "http://localhost:5173", "Access-Control-Request-Method", "POST"]),
            (304, "GET", "/style.css", null, ["If-None-Match", "*"]),
            (400, "GET", "/graphql", null, []),
            (400, "POST", messages, "{}", []),
            (401, "GET", messages, null, ["Authorization", "Bearer chat_1_nobody"]),
            (401, "POST", "/graphql", """{"query":"{ me { id } }"}""", ["Authorization", "Bearer chat_1_nobody"]),
            (403, "POST", "/graphql", """{"query":"{ me { id } }"}""", ["Origin", "https://foreign.example"]),
            (403, "POST", "/users", "{}", ["Origin", "https://foreign.example"]),
            (404, "GET", "/nothing/here", null, []),
            (404, "GET", "/conversations/900719", null, []),
            (405, "DELETE", "/graphql", null, []),
            (405, "PUT", "/users", null, []),
            (406, "POST", "/graphql", """{"query":"{ me { id } }"}""", ["Accept", "image/png"]),
            (413, "POST", "/graphql", new string(' ', (1 << 20) + 1), []),
            (413, "POST", messages, new string(' ', (1 << 20) + 1), []),
            (415, "POST", "/graphql", "{}", ["Content-Type", "text/plain"]),
            (415, "POST", messages, "{}", ["Content-Type", "text/plain"]),
            (422, "POST", messages + ":complete", """{"content":"Well?","model":"nothing"}""", []),
            (500, "GET", messages, null, ["Authorization", $"Bearer {Broken}"]),
            (204, "DELETE", messages[..messages.LastIndexOf('/')], null, []),
        })
        {
            _provider.Otherwise = _ => Reply.Of("So be it.");
            // Whether it is ready is asked in a second at most, and a busy machine may take longer once.
            using var response = path == "/health/ready"
                ? await Eventually.GetAsync(() => SendAsync(ada.Token, method, path, body, headers), answer => (int)answer.StatusCode == status)
                : await SendAsync(ada.Token, method, path, body, headers);
            Assert.Equal((method, path, status), (method, path, (int)response.StatusCode));
            IsProtected(response, $"{method} {path} {status}");
            seen.Add(response.StatusCode);
        }

        await RefusedAsync(ada, seen);
        Assert.Equal(
            [200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 408, 413, 415, 422, 429, 500, 503], seen.Select(status => (int)status).Order());
    }

    /// <summary>What needs a service that is full, or a caller who is slow.</summary>
    private async Task RefusedAsync(Person ada, HashSet<HttpStatusCode> seen)
    {
        const string Watch = """{"query":"subscription { changes { cursor } }"}""";
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < Streams; i++)
        {
            // Streams that were read to their end may hold their places for a moment.
            open.Add(await Eventually.GetAsync(() => SendAsync(ada.Token, "POST", "/graphql", Watch, ["Accept", Events]), response => response.StatusCode == HttpStatusCode.OK));
            IsProtected(open[^1], "a stream");
        }

        open.Add(await SendAsync(ada.Token, "POST", "/graphql", Watch, ["Accept", Events]));
        Assert.Equal(HttpStatusCode.TooManyRequests, open[^1].StatusCode);
        IsProtected(open[^1], "a stream too many");

        seen.Add(open[^1].StatusCode);
        open.ForEach(response => response.Dispose());

        var gate = _app.Services.GetRequiredService<OperationGate>();
        using var leaving = new CancellationTokenSource();
        using (await gate.EnterAsync(_elsewhere, CancellationToken.None))
        {
            var waiting = gate.EnterAsync(_elsewhere, leaving.Token).AsTask();
            foreach (var path in new[] { "/graphql", "/users" })
            {
                using var full = await SendAsync(ada.Token, "POST", path, "{}", []);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
                IsProtected(full, $"full, {path}");
                seen.Add(full.StatusCode);
            }

            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        foreach (var (status, answer) in await Task.WhenAll(new[] { "/graphql", "/users" }.Select(path => RawHttp.SendAsync(
            _app.Address, $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{{"))))
        {
            Assert.Equal(408, status);
            foreach (var header in new[] { "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Content-Security-Policy: frame-ancestors 'none'" })
                Assert.Contains(header, answer, StringComparison.OrdinalIgnoreCase);
            seen.Add(HttpStatusCode.RequestTimeout);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string token, string method, string path, string? body, string[] headers)
    {
        using var client = _app.As(null);
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var pair in headers.Chunk(2))
        {
            var target = pair[0] == "Content-Type" ? (System.Net.Http.Headers.HttpHeaders)request.Content!.Headers : request.Headers;
            target.Remove(pair[0]);
            target.TryAddWithoutValidation(pair[0], pair[1]);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static void IsProtected(HttpResponseMessage response, string what)
    {
        Assert.Equal((what, "nosniff"), (what, Header("X-Content-Type-Options")));
        Assert.Equal((what, "no-referrer"), (what, Header("Referrer-Policy")));
        Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"), StringComparison.Ordinal);

        string Header(string name) => response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : "";
    }
}
