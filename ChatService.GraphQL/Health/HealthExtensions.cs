using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChatService.GraphQL;

/// <summary>Whether the process lives, and whether it should get requests.</summary>
public static class HealthExtensions
{
    /// <summary>Shorter than the second that orchestrators usually wait.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(0.8);

    public static IServiceCollection AddChatHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<DrainingCheck>("process")
            .AddCheck<DatabaseCheck>("database", timeout: _longest)
            .AddCheck<ProviderCheck>("providers", HealthStatus.Degraded, timeout: _longest)
            .AddCheck<FacadeCheck>("facade");
        return services;
    }

    /// <summary>
    /// Serves /health/live, which asks nothing but the process, and /health/ready: 200 healthy, 200 degraded (answers or the search by meaning
    /// are away, all else works), 503 unhealthy. Neither tells versions or addresses.
    /// </summary>
    public static void MapChatHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        if (report.Status == HealthStatus.Unhealthy) http.Response.Headers.RetryAfter = "1";
        return http.Response.WriteAsJsonAsync(
            new
            {
                status = Word(report.Status),
                checks = report.Entries.ToDictionary(entry => entry.Key, entry => Word(entry.Value.Status)),
                warnings = report.Entries.Values.Where(entry => entry.Description is not null).Select(entry => entry.Description),
            },
            JsonSerializerOptions.Default,
            http.RequestAborted);
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        HealthStatus.Unhealthy => "unhealthy",
    };
}
