using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatService.Data;

/// <summary>
/// Carries wake-ups from one instance to the others, by PostgreSQL's LISTEN and NOTIFY: ids only, joined, outside the transactions that
/// they are about. A lost one costs a reader the time to the next sweep, and nothing else.
/// </summary>
public sealed partial class PostgresWakeUp(
    ChatDatabase database, WakeUps wakeUps, Clock clock, IOptions<DatabaseOptions> options, ILogger<PostgresWakeUp> logger) : BackgroundService
{
    private const string Channel = "chat_wake";

    /// <summary>PostgreSQL takes less than 8,000 bytes at once.</summary>
    private const int KeysPerNotification = 180;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.Provider == DatabaseProvider.Postgres
        ? Task.WhenAll(UntilStoppedAsync(ListenAsync, stoppingToken), UntilStoppedAsync(NotifyAsync, stoppingToken)).EndedBy(stoppingToken)
        : Task.CompletedTask;

    private async Task UntilStoppedAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await work(ct);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                LogSilent(fault);
                await Task.Delay(_pause, clock.Time, ct);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        // A connection of its own, which notices when it is dead, and waits for ever.
        var settings = new NpgsqlConnectionStringBuilder(PostgresSettings.WithTimeouts(options.Value)) { Pooling = false, KeepAlive = 10 };
        await using var connection = new NpgsqlConnection(settings.ToString());
        connection.Notification += (_, told) => Wake(told.Payload);
        await connection.OpenAsync(ct);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(ct);
        while (true) await connection.WaitAsync(ct);
    }

    private async Task NotifyAsync(CancellationToken ct)
    {
        await foreach (var first in wakeUps.ForOthers.ReadAllAsync(ct))
        {
            await Task.Delay(_interval, clock.Time, ct);
            HashSet<WakeKey> keys = [first];
            while (wakeUps.ForOthers.TryRead(out var key)) keys.Add(key);
            foreach (var some in keys.Chunk(KeysPerNotification))
            {
                var payload = string.Join(',', some.Select(key => string.Create(CultureInfo.InvariantCulture, $"{key.Owner}.{key.Completion}")));
                await database.WriteAsync((db, token) => db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {payload})", token), ct);
            }
        }
    }

    private void Wake(string payload)
    {
        foreach (var pair in payload.Split(','))
        {
            if (pair.Split('.') is [var owner, var completion]
                && long.TryParse(owner, CultureInfo.InvariantCulture, out var ownerId) && long.TryParse(completion, CultureInfo.InvariantCulture, out var completionId))
                wakeUps.Wake(new WakeKey(ownerId, completionId));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Wake-ups between instances are away; readers are woken by the sweep meanwhile")]
    private partial void LogSilent(Exception fault);
}
