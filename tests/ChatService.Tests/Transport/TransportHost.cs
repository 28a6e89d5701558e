using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using ChatService.Data;
using ChatService.GraphQL;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatService.Tests;

/// <summary>The transports on a real Kestrel and a free port, over a schema of a few fields instead of the service's own.</summary>
public sealed class TransportHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _serving;

    private TransportHost(WebApplication app) => _app = app;

    /// <summary>Tokens that are good, with their users; a test ends a session by removing it.</summary>
    public ConcurrentDictionary<string, long> Sessions { get; } = new() { ["ada"] = 1, ["grace"] = 2 };

    public Probe Probe => _app.Services.GetRequiredService<Probe>();

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.Single() + "/graphql");

    public HttpClient Client { get; private init; } = new();

    /// <summary>Requests that are being served now.</summary>
    public int Serving => _serving;

    public static async Task<TransportHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        // The service's own settings for Development, which lie beside the tests, switch the limits off.
        builder.Configuration.AddInMemoryCollection([new("Limits:Enabled", "true"), new("Transport:OperationTimeout", "00:01:00"), new("Transport:InitTimeout", "00:01:00")]);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<Probe>();
        builder.Services.AddSchema<ProbeQuery, ProbeMutation, ProbeSubscription>();
        builder.Services.AddTransports();
        TransportHost? host = null;
        builder.Services.AddSingleton(new SessionLookup(
            (token, _) => new(host!.Sessions.TryGetValue(token, out var user) ? new LiveSession(user, token, DateTime.MaxValue) : null),
            token => host!.Sessions.ContainsKey(token),
            (open, _) => Task.FromResult<IReadOnlySet<SessionKey>>(open.Where(session => host!.Sessions.ContainsKey(session.TokenHash)).ToHashSet())));
        var app = builder.Build();
        host = new TransportHost(app);
        app.Use(host.ServeAsync);
        app.MapChatGraphQL("/graphql");
        await app.StartAsync();
        return host;
    }

    /// <summary>Sends a request as most clients do; <paramref name="accept"/> and <paramref name="token"/> only if given.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string body, string? accept = null, string? token = null, string type = "application/json", CancellationToken ct = default)
        => PostAsync(new ByteArrayContent(Encoding.UTF8.GetBytes(body)), accept, token, type, ct);

    public async Task<HttpResponseMessage> PostAsync(
        HttpContent body, string? accept = null, string? token = null, string type = "application/json", CancellationToken ct = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = body };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    /// <summary>Sends a document whose answer nobody will wait for when <paramref name="ct"/> ends.</summary>
    public async Task AbandonAsync(string body, CancellationToken ct)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.PostAsync(Url, content, ct));
    }

    /// <summary>Runs a document and gives the answer.</summary>
    public async Task<JsonElement> QueryAsync(string query, object? variables = null, string? token = null)
    {
        using var response = await PostAsync(JsonSerializer.Serialize(new { query, variables }), token: token);
        return await response.ReadJsonAsync();
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        Interlocked.Increment(ref _serving);
        try
        {
            await next(http);
        }
        finally
        {
            Interlocked.Decrement(ref _serving);
        }
    }
}

internal static class Answers
{
    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response)
        => JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;

    /// <summary>The codes of an answer's errors, in order.</summary>
    public static string[] Codes(this JsonElement answer) => answer.TryGetProperty("errors", out var errors)
        ? [.. errors.EnumerateArray().Select(e => e.GetProperty("extensions").GetProperty("code").GetString()!)]
        : [];
}
