using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Keeps what instances owe each other: renews the leases of what this one makes, settles what a dead one left, and looks, in one sweep for
/// all watchers, at what others make. Wake-ups only hurry this; nothing depends on them.
/// </summary>
public sealed partial class CompletionKeeper(
    ChatDatabase database, CompletionEngine engine, WakeUps wakeUps, Clock clock,
    IOptions<CompletionOptions> options, IOptions<DatabaseOptions> databaseOptions, ILogger<CompletionKeeper> logger) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(1);
    private readonly CompletionSettler _settler = new(database);
    private bool _leftoversAreSettled = databaseOptions.Value.Provider != DatabaseProvider.Sqlite;
    private Dictionary<WakeKey, (CompletionStatus Status, int Offset)> _seen = [];
    private Dictionary<long, long> _feeds = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WorkAsync(stoppingToken).EndedBy(stoppingToken);

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        await TryAsync(SettleLeftoversAsync, stoppingToken);
        await Task.WhenAll(
            EveryAsync(options.Value.LeaseRenewal, KeepLeasesAsync, stoppingToken),
            EveryAsync(options.Value.Sweep, SweepAsync, stoppingToken),
            WheneverUnwantedAsync(stoppingToken));
    }

    private async Task WheneverUnwantedAsync(CancellationToken ct)
    {
        using var ear = wakeUps.Listen(WakeKey.Cancelled);
        while (true)
        {
            await ear.WaitAsync(ct);
            await TryAsync(StopUnwantedAsync, ct);
        }
    }

    private async Task EveryAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        var soon = interval < _soon ? interval : _soon;
        for (var wait = interval; ; wait = await TryAsync(work, ct) ? interval : soon) await Task.Delay(wait, clock.Time, ct);
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
            return true;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            LogSkipped(fault);
            return false;
        }
    }

    /// <summary>SQLite has one process: whatever was running in the file before this one is a dead one's, however long its lease.</summary>
    private async Task SettleLeftoversAsync(CancellationToken ct)
    {
        if (_leftoversAreSettled) return;
        await SettleAsync((row, _) => row.Instance != engine.Instance, all: true, ct);
        _leftoversAreSettled = true;
    }

    private async Task KeepLeasesAsync(CancellationToken ct)
    {
        // By their ids: one that was committed although its starter heard of a failure is made by nobody, and must run out.
        var runs = engine.Runs;
        var (owners, made) = (runs.Select(run => run.Row.OwnerId).Distinct().ToArray(), runs.Select(run => run.Row.Id).ToArray());
        if (made.Length > 0)
        {
            var until = clock.Now + options.Value.Lease;
            var kept = await database.WriteAsync(
                (db, token) => db.Completions.Where(c => c.Instance == engine.Instance && c.Status == CompletionStatus.Running && made.Contains(c.Id))
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.LeaseUntil, until), token),
                ct);
            // What others have left does not wait for it.
            if (kept < made.Length) await TryAsync(token => GiveUpLostAsync(owners, made, token), ct);
        }

        await SettleAsync((row, now) => row.LeaseUntil < now, all: false, ct);
    }

    /// <summary>
    /// Another instance has taken this one for dead. Where the question was answered anew since, going on would be paid for nothing; else
    /// the answer may still be stored when it is whole, but its pieces are nobody's any more.
    /// </summary>
    private async Task GiveUpLostAsync(long[] owners, long[] made, CancellationToken ct)
    {
        var replaced = await database.ReadAsync(
            (db, token) => db.Messages.Where(m => owners.Contains(m.OwnerId) && made.Contains(m.Id) && m.Superseded)
                .Select(m => new { m.OwnerId, m.Id }).ToListAsync(token),
            ct);
        foreach (var row in replaced) engine.Find(new WakeKey(row.OwnerId, row.Id))?.Stop(StopReason.Abandoned);
        await database.WriteAsync(
            (db, token) => db.CompletionTexts
                .Where(t => owners.Contains(t.OwnerId) && made.Contains(t.CompletionId)
                    && db.Completions.Any(c => c.OwnerId == t.OwnerId && c.Id == t.CompletionId && c.Status != CompletionStatus.Running))
                .ExecuteDeleteAsync(token),
            ct);
    }

    private async Task SettleAsync(Func<Completion, DateTime, bool> isLeft, bool all, CancellationToken ct)
    {
        var now = clock.Now;
        var left = await database.ReadAsync(
            (db, token) => db.Completions
                .Where(c => c.Status == CompletionStatus.Running && ((all && c.Instance != engine.Instance) || c.LeaseUntil < now))
                .OrderBy(c => c.LeaseUntil).Take(Batch).Select(c => new { c.OwnerId, c.Id }).ToListAsync(token),
            ct);
        foreach (var row in left)
        {
            // One owner whose row is locked must not keep all the others waiting.
            await TryAsync(token => _settler.InterruptAsync(row.OwnerId, row.Id, isLeft, token), ct);
            wakeUps.Wake(new WakeKey(row.OwnerId, row.Id));
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        await SettleLeftoversAsync(ct);
        await StopUnwantedAsync(ct);
        var seen = new Dictionary<WakeKey, (CompletionStatus, int)>();
        foreach (var keys in wakeUps.Heard.Where(key => key.Completion != 0 && engine.Find(key) is null).Chunk(Batch))
        {
            var (owners, ids) = (keys.Select(k => k.Owner).Distinct().ToArray(), keys.Select(k => k.Completion).ToArray());
            var rows = await database.ReadAsync(
                (db, token) => db.Completions.Where(c => owners.Contains(c.OwnerId) && ids.Contains(c.Id))
                    .Select(c => new
                    {
                        c.OwnerId,
                        c.Id,
                        c.Status,
                        Last = db.CompletionTexts.Where(t => t.OwnerId == c.OwnerId && t.CompletionId == c.Id).Max(t => (int?)t.Offset) ?? -1,
                    }).ToListAsync(token),
                ct);
            foreach (var row in rows) seen[new WakeKey(row.OwnerId, row.Id)] = (row.Status, row.Last);
            foreach (var key in keys)
            {
                // A row that is gone is news too.
                if (!seen.TryGetValue(key, out var state) || !_seen.TryGetValue(key, out var before) || before != state) wakeUps.Wake(key);
            }
        }

        _seen = seen;
        await SweepFeedsAsync(ct);
    }

    private async Task SweepFeedsAsync(CancellationToken ct)
    {
        var feeds = new Dictionary<long, long>();
        foreach (var owners in wakeUps.Heard.Where(key => key.Completion == 0 && key != WakeKey.Cancelled).Select(key => key.Owner).Chunk(Batch))
        {
            var rows = await database.ReadAsync(
                (db, token) => db.Users.Where(u => owners.Contains(u.Id)).Select(u => new { u.Id, u.ChangeSequence }).ToListAsync(token), ct);
            foreach (var row in rows)
            {
                feeds[row.Id] = row.ChangeSequence;
                if (!_feeds.TryGetValue(row.Id, out var before) || before != row.ChangeSequence) wakeUps.Wake(WakeKey.Feed(row.Id));
            }
        }

        _feeds = feeds;
    }

    /// <summary>Ends what somebody wants stopped, and what is gone with its user or conversation: another instance may have been told.</summary>
    private async Task StopUnwantedAsync(CancellationToken ct)
    {
        foreach (var runs in engine.Runs.Chunk(Batch))
        {
            var (owners, ids) = (runs.Select(run => run.Row.OwnerId).Distinct().ToArray(), runs.Select(run => run.Row.Id).ToArray());
            var kept = await database.ReadAsync(
                (db, token) => db.Completions.Where(c => owners.Contains(c.OwnerId) && ids.Contains(c.Id))
                    .Select(c => new { c.OwnerId, c.Id, IsCancelled = c.Status == CompletionStatus.Running && c.CancelRequestedAt != null })
                    .ToDictionaryAsync(c => new WakeKey(c.OwnerId, c.Id), c => c.IsCancelled, token),
                ct);
            foreach (var run in runs)
            {
                if (!kept.TryGetValue(run.Key, out var isCancelled)) run.Stop(StopReason.Abandoned);
                else if (isCancelled) run.Stop(StopReason.Cancelled);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A look at the running completions failed; the next one is soon")]
    private partial void LogSkipped(Exception fault);
}
