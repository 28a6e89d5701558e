using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Looks every few seconds whether the sessions of all open streams still live: one query for the instance, not a timer for each.
/// So that signing out, a changed password and expiry end open streams too.
/// </summary>
public sealed partial class SessionSweep(
    OpenStreams streams, SessionLookup sessions, IOptions<TransportOptions> options, TimeProvider time, ILogger<SessionSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SessionCheck, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var open = streams.Sessions();
        if (open.Count == 0)
            return;
        try
        {
            streams.EndSessions(open, await sessions.FindLive(open, ct));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // A database that is away for a moment must not end anybody's stream; the next sweep asks again.
            LogSweepFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The sessions of open streams could not be checked.")]
    private partial void LogSweepFailed(Exception exception);
}
