using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Removes what its owner has given up. Giving up is one small transaction that marks it: from then on nobody finds it. Its rows go in
/// batches after that, so that nobody waits long for a lock, and what an ended process has left is taken up by the next one.
/// </summary>
public sealed partial class Eraser(ChatDatabase database, IOptions<ChangeOptions> options, ILogger<Eraser> logger) : BackgroundService
{
    /// <summary>Rows of one transaction, not counting those that go with each.</summary>
    private const int Batch = 500;

    /// <summary>
    /// Of the texts of one transaction, but for a single one that is longer. What goes with a message is as much as its text is long: its words, and a vector for
    /// some 850 letters. SQLite takes every word out of its index at once, a third of a second for the longest message of nothing but different words, and others wait for
    /// the file meanwhile: a few of those would take them longer than a unit of work may.
    /// </summary>
    private const int BatchBytes = 250_000;

    /// <summary>How long whoever gives something up waits for its rows to go. Mostly they have gone long before.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _afterFault = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _leftover = new(0);

    /// <summary>The user is nobody's any more: no name, no password, no session, and nothing being made.</summary>
    internal static async Task MarkAsync(OwnerWork unit, CancellationToken ct)
    {
        var (owner, now) = (unit.Owner.Id, unit.Now);
        await unit.Db.Sessions.Where(s => s.OwnerId == owner).ExecuteDeleteAsync(ct);
        await unit.Db.Completions.Where(c => c.OwnerId == owner && c.Status == CompletionStatus.Running).ExecuteDeleteAsync(ct);
        // No name has a number sign, so nobody can ever be called like that.
        var key = $"#{owner}";
        await unit.Db.Users.Where(u => u.Id == owner).ExecuteUpdateAsync(
            set => set.SetProperty(u => u.ErasedAt, now).SetProperty(u => u.Username, "").SetProperty(u => u.UsernameKey, key).SetProperty(u => u.PasswordHash, ""),
            ct);
    }

    /// <returns>False when the owner has no such conversation.</returns>
    internal static async Task<bool> MarkAsync(OwnerWork unit, long conversation, CancellationToken ct)
    {
        var (owner, now) = (unit.Owner.Id, unit.Now);
        var marked = await unit.Db.Conversations.Where(c => c.OwnerId == owner && c.Id == conversation)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.ErasedAt, now).SetProperty(c => c.Title, ""), ct);
        await unit.Db.Completions.Where(c => c.OwnerId == owner && c.ConversationId == conversation && c.Status == CompletionStatus.Running).ExecuteDeleteAsync(ct);
        return marked > 0;
    }

    /// <summary>Erases what is marked while its owner waits; what takes longer, or fails, is left to the background.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="conversation">Which conversation; null for all that is the owner's.</param>
    internal async Task EraseAsync(long owner, long? conversation)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            await RemoveAsync(owner, conversation, patience.Token);
        }
        catch (Exception fault)
        {
            if (!patience.IsCancellationRequested) LogLeft(fault);
            if (_leftover.CurrentCount == 0) _leftover.Release();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WorkAsync(stoppingToken).EndedBy(stoppingToken);

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var pause = options.Value.PurgeInterval;
            try
            {
                if (!await RemoveAllAsync(stoppingToken)) pause = Soon(pause);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogLeft(fault);
                pause = Soon(pause);
            }

            await _leftover.WaitAsync(pause, stoppingToken);
        }
    }

    /// <summary>Goes through all that is marked, once.</summary>
    /// <returns>Whether all of it could be removed.</returns>
    private async Task<bool> RemoveAllAsync(CancellationToken ct)
    {
        var isClean = true;
        for (var (last, isMore) = (0L, true); isMore;)
        {
            var users = await database.ReadAsync(
                (db, token) => db.Users.IgnoreQueryFilters().Where(u => u.ErasedAt != null && u.Id > last).OrderBy(u => u.Id).Take(Batch).Select(u => u.Id).ToListAsync(token),
                ct);
            foreach (var user in users) isClean &= await TryRemoveAsync(last = user, null, ct);
            isMore = users.Count == Batch;
        }

        for (var (owner, last, isMore) = (0L, 0L, true); isMore;)
        {
            var conversations = await database.ReadAsync(
                (db, token) => db.Conversations.IgnoreQueryFilters()
                    .Where(c => c.ErasedAt != null && c.OwnerId >= owner && (c.OwnerId > owner || c.Id > last))
                    .OrderBy(c => c.OwnerId).ThenBy(c => c.Id).Take(Batch).Select(c => new { c.OwnerId, c.Id }).ToListAsync(token),
                ct);
            foreach (var conversation in conversations) isClean &= await TryRemoveAsync(owner = conversation.OwnerId, last = conversation.Id, ct);
            isMore = conversations.Count == Batch;
        }

        return isClean;
    }

    /// <summary>What cannot be removed now must not keep all the others waiting, unless it is the database that cannot.</summary>
    private async Task<bool> TryRemoveAsync(long owner, long? conversation, CancellationToken ct)
    {
        try
        {
            await RemoveAsync(owner, conversation, ct);
            return true;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            LogLeft(fault);
            if (fault is StorageException) await database.ReadAsync((db, token) => db.Users.AnyAsync(u => u.Id == owner, token), ct);
            return false;
        }
    }

    private async Task RemoveAsync(long owner, long? conversation, CancellationToken ct)
    {
        while (await RemoveMessagesAsync(owner, conversation, ct) == Batch)
        {
            // The rest comes with the next ones.
        }

        if (conversation is null)
        {
            await InBatchesAsync(db => db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == owner).OrderBy(c => c.Id), ct);
            await InBatchesAsync(db => db.Changes.Where(c => c.OwnerId == owner).OrderBy(c => c.Sequence), ct);
            await InBatchesAsync(db => db.IdempotencyKeys.Where(k => k.OwnerId == owner).OrderBy(k => k.Key), ct);
            await InBatchesAsync(db => db.Users.IgnoreQueryFilters().Where(u => u.Id == owner && u.ErasedAt != null).OrderBy(u => u.Id), ct);
        }
        else
        {
            // That it was deleted is kept for those who have not read it yet.
            await InBatchesAsync(
                db => db.Changes.Where(c => c.OwnerId == owner && c.ConversationId == conversation && c.Kind != ChangeKind.ConversationDeleted).OrderBy(c => c.Sequence), ct);
            await InBatchesAsync(db => db.IdempotencyKeys.Where(k => k.OwnerId == owner && k.ConversationId == conversation).OrderBy(k => k.Key), ct);
            await InBatchesAsync(db => db.Conversations.IgnoreQueryFilters().Where(c => c.OwnerId == owner && c.Id == conversation && c.ErasedAt != null).OrderBy(c => c.Id), ct);
        }
    }

    /// <summary>The newest first: an answer goes before the question that it refers to.</summary>
    private async Task<int> RemoveMessagesAsync(long owner, long? conversation, CancellationToken ct)
    {
        var messages = await database.ReadAsync(
            (db, token) => db.Messages.Where(m => m.OwnerId == owner && (conversation == null || m.ConversationId == conversation))
                .OrderByDescending(m => m.ConversationId).ThenByDescending(m => m.Sequence).Take(Batch)
                .Select(m => new KeyValuePair<long, int>(m.Id, ChatDbContext.OctetLength(m.Content))).ToListAsync(token),
            ct);
        for (var start = 0; start < messages.Count;)
        {
            var ids = TakeBatch(messages.Skip(start));
            start += ids.Length;
            // Vectors, words, pieces of text and completions refer to their message and go with it.
            await database.WriteAsync((db, token) => db.Messages.Where(m => m.OwnerId == owner && ids.Contains(m.Id)).ExecuteDeleteAsync(token), ct);
        }

        return messages.Count;
    }

    private static long[] TakeBatch(IEnumerable<KeyValuePair<long, int>> messages)
    {
        var bytes = 0L;
        return [.. messages.TakeWhile((message, i) => (bytes += message.Value) <= BatchBytes || i == 0).Select(message => message.Key)];
    }

    private async Task InBatchesAsync<T>(Func<ChatDbContext, IQueryable<T>> rows, CancellationToken ct)
    {
        while (await database.WriteAsync((db, token) => rows(db).Take(Batch).ExecuteDeleteAsync(token), ct) == Batch)
        {
            // Likewise.
        }
    }

    private static TimeSpan Soon(TimeSpan pause) => pause < _afterFault ? pause : _afterFault;

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was given up could not be erased yet; the next try is soon")]
    private partial void LogLeft(Exception fault);
}
