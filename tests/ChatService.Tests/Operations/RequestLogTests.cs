using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatService.Tests;

/// <summary>The log of a service as it runs in Production: JSON, a line for each request, and what an operator must hear of.</summary>
public sealed class RequestLogTests
{
    private const string Password = "correct horse battery";
    private const string Forged = """{"Timestamp":"2026-01-01T00:00:00.000Z","EventId":5,"LogLevel":"Information","Category":"forged"}""";
    private const string Typed = "correct horse typed into the name";
    private static readonly IPAddress _ownAddress = IPAddress.Parse("127.0.0.77");

    [Fact]
    public async Task Each_request_stream_and_socket_is_a_line_of_JSON_that_says_who_what_how_and_how_long()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var service = await ChatProcess.StartAsync(database, settings: new Dictionary<string, string?> { ["AllowedHosts"] = "127.0.0.1" }, environment: "Production");
        using var http = service.CreateClient();
        using var created = await http.PostAsJsonAsync("/users", new { username = "ada", password = Password });
        var answer = await created.Content.ReadAsStringAsync();
        var token = created.Headers.GetValues("X-Session-Token").Single();
        // With a line of the log of its own, as somebody would like to see it there.
        using (var wrong = await http.PostAsJsonAsync("/sessions", new { username = $"{Typed}\r\n{Forged}\r\n", password = "wrong password" }))
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using (var refused = await http.GetAsync($"/users/secret-path%0d%0a{Uri.EscapeDataString(Forged)}%0d%0a?q=secret-query"))
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using (var stranger = new HttpRequestMessage(HttpMethod.Get, "/users/ada") { Headers = { Host = "evil.example" } })
        using (var refused = await http.SendAsync(stranger))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        foreach (var path in (string[])["/users/nobody", "/no/such/path", "/"]) (await http.GetAsync(path)).Dispose();
        using (var query = await http.PostAsJsonAsync("/graphql", new { query = "query WhoAmI { me { id } }" }))
            Assert.Equal("{\"data\":{\"me\":{\"id\":\"usr_1\"}}}", await query.Content.ReadAsStringAsync());
        await http.PostAsJsonAsync("/conversations", new { title = "Engines", user_id = 1 });
        using (var stream = await http.PostAsJsonAsync("/conversations/1/messages:complete", new { stream = true, content = "And the loom?" }))
            Assert.Contains("[DONE]", await stream.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using (var socket = await GraphQLSocket.ConnectAsync(service.Address, token))
        {
            await foreach (var item in socket.SubscribeAsync("{ me { id } }")) Assert.True(item.TryGetProperty("data", out _));
            await foreach (var item in socket.SubscribeAsync("{ me { username } }")) Assert.True(item.TryGetProperty("data", out _));
        }

        await using (var socket = await GraphQLSocket.OpenAsync(service.Address))
        {
            await socket.SendAsync(new { type = "connection_init", payload = new { Authorization = "Bearer nonsense" } });
            await socket.Closed;
        }

        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync());
        Assert.DoesNotContain("secret", service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Typed, service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", service.Output, StringComparison.Ordinal);
        var lines = service.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:.]+Z$", line.GetProperty("Timestamp").GetString()));
        Assert.Contains(lines, line => Text(line, "Environment") == "Production" && Text(line, "Facade") == "Secure" && Text(line, "Database") == "Sqlite"
            && Text(line, "Models") == "offline" && Text(line, "Embedder") == "hashing");

        var requests = lines.Where(line => Text(line, "Milliseconds") is not null).ToList();
        Assert.Equal(12, requests.Count);
        Assert.All(requests, line => Assert.Matches("^[0-9a-f]{32}$", Text(line, "Request")));
        Assert.All(requests, line => Assert.True(double.Parse(Text(line, "Milliseconds")!, System.Globalization.CultureInfo.InvariantCulture) > 0));
        var registered = Only("/users");
        Assert.Equal(("POST", "201", $"{answer.Length}"), (Text(registered, "Method"), Text(registered, "Status"), Text(registered, "Sent")));
        Assert.Equal($"{JsonSerializer.Serialize(new { username = "ada", password = Password }).Length}", Text(registered, "Received"));
        Assert.Equal(["404 Information", "401 Warning"], requests.Where(line => Text(line, "Route") == "/users/{username}").Select(line => $"{Text(line, "Status")} {line.GetProperty("LogLevel").GetString()}").OrderDescending());
        var asked = requests.Single(line => Text(line, "Operation") == "WhoAmI");
        Assert.Equal(("/graphql", "query", "200", "1", "30"), (Text(asked, "Route"), Text(asked, "Kind"), Text(asked, "Status"), Text(asked, "User"), Text(asked, "Sent")));
        var answered = Only("/conversations/{id:long:min(1)}/messages:complete");
        Assert.Equal(("subscription", "CompletionEvents", "1"), (Text(answered, "Kind"), Text(answered, "Operation"), Text(answered, "User")));
        Assert.Equal(["200", "400", "404"], requests.Where(line => Text(line, "Route") is null).Select(line => Text(line, "Status")!).Order());
        // Two that end at about the same time may be told of in any order.
        var sockets = requests.Where(line => Text(line, "Operations") is not null).OrderByDescending(line => Text(line, "Operations")).ToList();
        Assert.Equal(["1 Information 2", " Warning 0"], sockets.Select(line => $"{Text(line, "User")} {line.GetProperty("LogLevel").GetString()} {Text(line, "Operations")}"));
        Assert.Equal("4403", Text(sockets[1], "Status"));
        Assert.True(int.Parse(Text(sockets[0], "Sent")!, System.Globalization.CultureInfo.InvariantCulture) > 100);

        Assert.Contains(lines, line => line.GetProperty("EventId").GetInt32() == 5 && Text(line, "User") == "1");
        Assert.Contains(lines, line => line.GetProperty("EventId").GetInt32() == 6 && Text(line, "Address") == "127.0.0.1");

        JsonElement Only(string route) => requests.Single(line => Text(line, "Route") == route);
    }

    [Fact]
    public async Task A_limit_that_is_hit_again_and_again_is_a_line_a_second()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        using var log = new CapturedLog();
        var clock = new FakeClock(DateTimeOffset.UtcNow);
        var settings = new Dictionary<string, string?> { ["Limits:Enabled"] = "true", ["Limits:RequestsPerAddress"] = "1", ["Limits:RequestPerAddressRefill"] = "01:00:00" };
        await using var app = ChatApp.Start(
            database, settings: settings,
            services: services => services.AddSingleton<TimeProvider>(clock).AddLogging(logging => logging.AddProvider(log)));
        using var client = app.As(null);
        for (var i = 0; i < 21; i++) (await client.GetAsync("/users/ada")).Dispose();
        Assert.Equal(["1 times"], Said());
        clock.Advance(TimeSpan.FromSeconds(1));
        (await client.GetAsync("/users/ada")).Dispose();
        Assert.Equal(["1 times", "20 times"], Said());

        IEnumerable<string> Said() => log.Entries.Where(entry => entry.Contains("The limit of requests was hit", StringComparison.Ordinal))
            .Select(entry => entry.Split("hit, ")[1].Split(" since")[0]);
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_costs_no_request()
    {
        if (!File.Exists("/dev/full")) Assert.Fail("This test needs /dev/full, which Linux has.");
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        // What else is given a port here is given one of 127.0.0.1, so that nobody can take this one before the service has.
        var address = $"http://{_ownAddress}:{FreePort()}";
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" --urls \"$1\" >/dev/full", Path.Combine(AppContext.BaseDirectory, "ChatService.GraphQL.dll"), address])
        {
            WorkingDirectory = Repository.PathOf("ChatService.GraphQL"),
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Production" },
        };
        foreach (var (name, value) in ChatSettings.For(database, null, null)) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        using var process = Process.Start(start)!;
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            await Eventually.HoldsAsync(() => IsThereAsync(http));
            for (var i = 0; i < 50; i++)
            {
                using var response = await http.GetAsync("/users/ada");
                Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty("State", out var state) && state.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    private static async Task<bool> IsThereAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync("/health/live");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(_ownAddress, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
