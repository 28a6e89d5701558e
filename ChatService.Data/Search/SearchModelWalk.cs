using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>
/// Brings the service from one model's vectors to another's, a page of messages at a time. Any instance may take any step:
/// each moves the place in <see cref="SearchModel"/> on in the transaction of what it did, or does nothing.
/// </summary>
internal sealed class SearchModelWalk(ChatDatabase database, Clock clock)
{
    private const int PageSize = 500;

    /// <summary>Has the configured model built if it does not serve yet, and none if it does.</summary>
    public Task BeginAsync(string configured, CancellationToken ct) => database.WriteAsync(
        async (db, token) =>
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO search_models (id, serving, walk, walked_owner, walked_message)
                VALUES ({SearchModel.OnlyId}, {configured}, {nameof(SearchWalk.None)}, 0, 0) ON CONFLICT (id) DO NOTHING
                """,
                token);
            await db.SearchModels.Where(m => m.Serving != configured && m.Building != configured).ExecuteUpdateAsync(
                set => set.SetProperty(m => m.Building, configured).SetProperty(m => m.Walk, SearchWalk.Queueing)
                    .SetProperty(m => m.WalkedOwner, 0).SetProperty(m => m.WalkedMessage, 0),
                token);
            return await db.SearchModels.Where(m => m.Serving == configured && m.Building != null).ExecuteUpdateAsync(
                set => set.SetProperty(m => m.Building, (string?)null).SetProperty(m => m.Walk, SearchWalk.Cleaning)
                    .SetProperty(m => m.WalkedOwner, 0).SetProperty(m => m.WalkedMessage, 0),
                token);
        },
        ct);

    /// <returns>Whether there may be another step at once.</returns>
    public Task<bool> StepAsync(CancellationToken ct) => database.WriteAsync(
        async (db, token) =>
        {
            var model = await db.SearchModels.SingleAsync(token);
            if (model.Walk == SearchWalk.None) return false;
            if (model.Walk == SearchWalk.Waiting && await db.PendingEmbeddings.AnyAsync(p => p.Rebuild && !p.Failed, token)) return false;
            var page = model.Walk == SearchWalk.Waiting ? [] : await NextPageAsync(db, model, token);
            await using var transaction = await db.Database.BeginTransactionAsync(token);
            if (!await MoveAsync(db, model, page, token)) return false;
            if (page.Count > 0) await (model.Walk == SearchWalk.Queueing ? QueueAsync(db, model, page[^1], token) : CleanAsync(db, model, page[^1], token));
            await transaction.CommitAsync(token);
            return true;
        },
        ct);

    private static Task<List<Place>> NextPageAsync(ChatDbContext db, SearchModel model, CancellationToken ct) =>
        db.IndexedMessages
            .FromSql($"SELECT * FROM indexed_messages WHERE (owner_id, message_id) > ({model.WalkedOwner}, {model.WalkedMessage}) ORDER BY owner_id, message_id LIMIT {PageSize}")
            .OrderBy(m => m.OwnerId).ThenBy(m => m.MessageId).Select(m => new Place(m.OwnerId, m.MessageId)).ToListAsync(ct);

    /// <summary>To the end of the page; at the end of the walk, to what comes after it. Nobody else may have moved meanwhile.</summary>
    private static async Task<bool> MoveAsync(ChatDbContext db, SearchModel model, List<Place> page, CancellationToken ct)
    {
        var here = db.SearchModels.Where(
            m => m.Serving == model.Serving && m.Building == model.Building && m.Walk == model.Walk
                && m.WalkedOwner == model.WalkedOwner && m.WalkedMessage == model.WalkedMessage);
        if (page is [.., var last])
        {
            return await here.ExecuteUpdateAsync(
                set => set.SetProperty(m => m.WalkedOwner, last.OwnerId).SetProperty(m => m.WalkedMessage, last.MessageId), ct) > 0;
        }

        var (serving, building, walk) = model.Walk switch
        {
            SearchWalk.Queueing => (model.Serving, model.Building, SearchWalk.Waiting),
            SearchWalk.Waiting => (model.Building ?? model.Serving, null, SearchWalk.Cleaning),
            SearchWalk.None or SearchWalk.Cleaning => (model.Serving, model.Building, SearchWalk.None),
        };
        return await here.ExecuteUpdateAsync(
            set => set.SetProperty(m => m.Serving, serving).SetProperty(m => m.Building, building).SetProperty(m => m.Walk, walk)
                .SetProperty(m => m.WalkedOwner, 0).SetProperty(m => m.WalkedMessage, 0),
            ct) > 0;
    }

    /// <summary>What waits already gets both models' vectors; what the old model refused is tried again.</summary>
    private Task<int> QueueAsync(ChatDbContext db, SearchModel model, Place last, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO pending_embeddings (owner_id, message_id, stamp, rebuild, due_at, failed)
        SELECT owner_id, message_id, {Guid.NewGuid()}, {true}, {PendingEmbedding.Microseconds(clock.Now)}, {false} FROM indexed_messages
        WHERE (owner_id, message_id) > ({model.WalkedOwner}, {model.WalkedMessage}) AND (owner_id, message_id) <= ({last.OwnerId}, {last.MessageId})
        ON CONFLICT (owner_id, message_id) DO UPDATE SET due_at = excluded.due_at, failed = excluded.failed WHERE pending_embeddings.failed
        """,
        ct);

    private static Task<int> CleanAsync(ChatDbContext db, SearchModel model, Place last, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        DELETE FROM message_embeddings
        WHERE (owner_id, message_id) > ({model.WalkedOwner}, {model.WalkedMessage}) AND (owner_id, message_id) <= ({last.OwnerId}, {last.MessageId})
            AND model <> {model.Serving} AND model <> {model.Building ?? model.Serving}
        """,
        ct);

    private readonly record struct Place(long OwnerId, long MessageId);
}
