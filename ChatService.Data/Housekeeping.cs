using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>Removes what is only kept for a while: old changes, old idempotency keys, sessions that have ended.</summary>
public sealed partial class Housekeeping(
    ChatDatabase database, Clock clock, IOptions<ChangeOptions> options, IOptions<SecurityOptions> security, ILogger<Housekeeping> logger)
    : BackgroundService
{
    /// <summary>A unit of work has a deadline, so that many rows go in several.</summary>
    private const int Batch = 1_000;

    /// <summary>Cursors expire a little before what they point at goes: clocks of two instances differ.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WorkAsync(stoppingToken).EndedBy(stoppingToken);

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PurgeInterval, clock.Time);
        do
        {
            try
            {
                await PurgeAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogSkipped(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PurgeAsync(CancellationToken ct)
    {
        var now = clock.Now;
        var (changes, keys, unused) = (now - options.Value.KeptFor - _grace, now - options.Value.KeysKeptFor, now - security.Value.SessionIdleTimeout);
        await RemoveAsync(db => db.Changes.Where(c => c.CreatedAt < changes).OrderBy(c => c.CreatedAt), ct);
        await RemoveAsync(db => db.IdempotencyKeys.Where(k => k.CreatedAt < keys).OrderBy(k => k.CreatedAt), ct);
        await RemoveAsync(db => db.Sessions.Where(s => s.ExpiresAt < now || s.LastUsedAt < unused).OrderBy(s => s.ExpiresAt), ct);
    }

    private async Task RemoveAsync<T>(Func<ChatDbContext, IQueryable<T>> old, CancellationToken ct)
    {
        while (await database.WriteAsync((db, token) => old(db).Take(Batch).ExecuteDeleteAsync(token), ct) == Batch)
        {
            // The rest comes with the next batch.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is old could not be removed; the next round is soon")]
    private partial void LogSkipped(Exception fault);
}
