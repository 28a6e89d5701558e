using ChatService.Data;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>A process that stops finishes what it has and wants nothing new.</summary>
internal sealed class DrainingCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The service is stopping.") : HealthCheckResult.Healthy());
}

internal sealed class DatabaseCheck(DatabaseHealth database) : IHealthCheck
{
    private static readonly HealthCheckResult _away = HealthCheckResult.Unhealthy("The database cannot be reached.");

    /// <summary>Whoever asks about a database that hangs is not made to hang with it.</summary>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await database.FindAsync().WaitAsync(cancellationToken) switch
            {
                DatabaseState.Ready => HealthCheckResult.Healthy(),
                DatabaseState.NotMigrated => HealthCheckResult.Unhealthy("The database is not up to date: start once with --migrate."),
                DatabaseState.Away => _away,
            };
        }
        catch (OperationCanceledException)
        {
            return _away;
        }
    }
}

internal sealed class ProviderCheck(ProviderHealth providers) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        await providers.AreThereAsync().WaitAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("A provider of answers or of vectors is away: history, search by words and writing go on.");
}

/// <summary>No fault, but nothing to find out by accident.</summary>
internal sealed class FacadeCheck(IOptions<FacadeOptions> facade) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        HealthCheckResult.Healthy(facade.Value.Mode == FacadeMode.Documented
            ? "The REST facade is in documented mode: whoever reaches the service acts as anybody."
            : null));
}
