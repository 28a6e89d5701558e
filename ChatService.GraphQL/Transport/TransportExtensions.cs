using ChatService.Data;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

public static class TransportExtensions
{
    /// <summary>The runner and its transports; the schema is registered apart from them.</summary>
    public static IServiceCollection AddTransports(this IServiceCollection services)
    {
        services.AddOptions<GuardOptions>().BindConfiguration(GuardOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TransportOptions>().BindConfiguration(TransportOptions.Section).ValidateDataAnnotations()
            .Validate<IOptions<SecurityOptions>>(TransportOptions.CheckSessions, TransportOptions.ExpectedSessionCheck).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var sessions = provider.GetRequiredService<SessionService>();
            return new SessionLookup(sessions.FindAsync, sessions.IsRemembered, sessions.FindLiveAsync);
        });
        services.AddLimits();
        services.AddScoped<CurrentUser>();
        services.AddSingleton<BearerToken>();
        services.TryAddSingleton<LimitTelemetry>();
        services.AddSingleton<OpenStreams>();
        services.AddHostedService<SessionSweep>();
        services.AddSingleton<Documents>();
        services.AddSingleton<OperationRuns>();
        services.AddSingleton<AnswerRunner>();
        services.AddSingleton<StreamRunner>();
        services.AddSingleton<OperationRunner>();
        services.AddSingleton<InProcess>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<ResponseWriter>();
        services.AddSingleton<SseTransport>();
        services.AddSingleton<WebSocketTransport>();
        services.AddSingleton<HttpTransport>();
        return services;
    }

    /// <summary>Serves GraphQL over HTTP, event streams and WebSocket at one path.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="page">What a browser gets that asks for a page (GET preferring text/html); without it, it is answered as any client.</param>
    public static IEndpointConventionBuilder MapChatGraphQL(this IEndpointRouteBuilder endpoints, string pattern, RequestDelegate? page = null)
    {
        var transport = endpoints.ServiceProvider.GetService<HttpTransport>()
            ?? throw new InvalidOperationException("Call AddTransports() before MapChatGraphQL().");
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(http => page is not null && WantsPage(http) ? page(http) : transport.HandleAsync(http));
        return endpoints.Map(pattern, pipeline.Build()).WithDisplayName("GraphQL");
    }

    private static bool WantsPage(HttpContext http)
        => HttpMethods.IsGet(http.Request.Method)
            && !http.WebSockets.IsWebSocketRequest
            && Accepted.From(http.Request.Headers.Accept).PrefersHtml;
}
