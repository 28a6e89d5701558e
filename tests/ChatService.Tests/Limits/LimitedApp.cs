using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>
/// A service with small limits and a clock that stands still, so that what is used up comes back only when a test says so. Each caller
/// has an address of their own, as behind a proxy that the service knows; 127.0.0.1 itself belongs to who sends no such header.
/// </summary>
public sealed class LimitedApp : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    private TestDatabase _database = null!;
    private ChatApp _app = null!;
    private int _callers;

    public FakeClock Clock { get; } = new(DateTimeOffset.UtcNow);

    public ScriptedProvider Provider { get; private set; } = null!;

    public Uri Address => _app.Address;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        Provider = await ScriptedProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Facade:Mode"] = "secure",
            ["Limits:Enabled"] = "true",
            ["Limits:KnownProxies:0"] = "127.0.0.0/8",
            ["Limits:KnownProxies:1"] = "::1",
            ["Limits:RequestsPerAddress"] = "6",
            ["Limits:RequestPerAddressRefill"] = "00:00:05",
            ["Limits:RequestsPerUser"] = "12",
            ["Limits:RequestPerUserRefill"] = "00:00:02",
            ["Limits:SignInsPerName"] = "3",
            ["Limits:SignInsPerAddress"] = "5",
            ["Limits:SignInFailures"] = "4",
            ["Limits:RegistrationsPerAddress"] = "2",
            ["Limits:CompletionsPerUser"] = "4",
        };
        _app = ChatApp.Start(_database, Provider, settings, services: services => services.AddSingleton<TimeProvider>(Clock));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await Provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>An address that nobody else has.</summary>
    public string NewAddress() => $"198.51.{Interlocked.Increment(ref _callers) / 256}.{_callers % 256}";

    /// <param name="address">What the proxy says; null for none.</param>
    /// <param name="token">A session's, or none.</param>
    public HttpClient From(string? address, string? token = null)
    {
        var client = _app.As(token);
        if (address is not null) client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return client;
    }

    /// <returns>Somebody with a fresh name, and their token.</returns>
    public async Task<(string Name, string Token)> RegisterAsync()
    {
        var address = NewAddress();
        var name = $"user{address.Replace('.', '-')}";
        using var client = From(address);
        using var created = await client.PostAsJsonAsync("/users", new { username = name, password = Password });
        return (name, created.Headers.GetValues("X-Session-Token").Single());
    }

    public static Task<HttpResponseMessage> QueryAsync(HttpClient client, string query, object? variables = null, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query, variables }) };
        if (accept is not null) request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        return client.SendAsync(request);
    }

    /// <summary>The status, the code of the first error, and what Retry-After says; of GraphQL's answers and of problems.</summary>
    public static async Task<(int Status, string? Code, int? RetryAfter)> ReadAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        string? code = null;
        if (response.Content.Headers.ContentType?.MediaType is { } type && type.EndsWith("json", StringComparison.Ordinal))
        {
            var body = JsonDocument.Parse(text).RootElement;
            if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("errors", out var errors))
                code = errors[0].GetProperty("extensions").GetProperty("code").GetString();
            else if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("code", out var problem))
                code = problem.GetString();
        }

        return ((int)response.StatusCode, code, response.Headers.RetryAfter is { } after ? int.Parse(after.ToString(), System.Globalization.CultureInfo.InvariantCulture) : null);
    }
}
