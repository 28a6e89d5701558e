using ChatService.Data;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

public static class LimitExtensions
{
    private const string Health = "/health";

    internal static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddOptions<TrafficLimits>().BindConfiguration(TrafficLimits.Section)
            .ValidateDataAnnotations().Validate(TrafficLimits.CheckProxies, TrafficLimits.ExpectedProxies).ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<TrafficLimits>, ConnectionLimits>((server, limits, connections) =>
        {
            server.Limits.MaxConcurrentConnections = server.Limits.MaxConcurrentUpgradedConnections = limits.Value.Connections;
            server.ConfigureEndpointDefaults(endpoint => endpoint.Use(connections.Guard));
        });
        return services
            .AddSingleton<ConnectionLimits>()
            .AddSingleton<RequestLimits>()
            .AddSingleton<SignInLimits>()
            .AddSingleton<BodyLimits>()
            .AddSingleton<TextLimits>()
            .AddSingleton<OperationGate>()
            .AddSingleton<SearchTurns>();
    }

    /// <summary>Takes a request's address from X-Forwarded-For where a known proxy has written it; nobody else is believed.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<IOptions<TrafficLimits>>().Value.KnownProxies;
        if (proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownIPNetworks.Add(TrafficLimits.Network(proxy)!.Value);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Refuses a request that is one too many, before its body is read; only those that ask for the service's health pass uncounted.</summary>
    /// <param name="app">The application.</param>
    /// <param name="graphQL">The path whose refusals have GraphQL's form.</param>
    public static void UseLimits(this WebApplication app, string graphQL)
    {
        var gate = app.Services.GetRequiredService<OperationGate>();
        var limits = app.Services.GetRequiredService<RequestLimits>();
        var bodies = app.Services.GetRequiredService<BodyLimits>();
        var tokens = app.Services.GetRequiredService<BearerToken>();
        app.Use(async (http, next) =>
        {
            if (!http.Request.Path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase) && await RefuseAsync(http) is { } refused)
                await http.RefuseAsync(refused, graphQL);
            else
                await next(http);
        });

        async ValueTask<Refused?> RefuseAsync(HttpContext http)
        {
            if (gate.IsFull) return gate.Refuse();
            return await RefuseCallerAsync(http, limits, tokens) ?? (bodies.TryEnter(http) ? null : OperationGate.Refusal);
        }
    }

    private static async ValueTask<Refused?> RefuseCallerAsync(HttpContext http, RequestLimits limits, BearerToken tokens)
    {
        if (!limits.AreOn) return null;
        try
        {
            // A bad token counts for its address, and is not even looked up when that has nothing left: guessing is no way around the limit.
            return (tokens.IsStrange(http) ? limits.RefuseAhead(Caller.Anonymous(http)) : null)
                ?? limits.Refuse(await tokens.ReadAheadAsync(http) ?? Caller.Anonymous(http));
        }
        catch (Exception exception) when (exception is StorageException or OperationCanceledException)
        {
            // Whoever reads the token next gets the same and answers it.
            return null;
        }
    }
}
