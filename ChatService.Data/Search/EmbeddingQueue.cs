using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>A message as its worker has it in hand.</summary>
internal sealed record QueuedMessage(QueueKey Key, bool Rebuild, string Content, long ConversationId, MessageRole Role, DateTime CreatedAt);

/// <summary>
/// What waits for vectors. A worker claims messages for a while, so that no text is embedded twice, asks the embedder without a
/// transaction, and stores what came in short ones.
/// </summary>
internal sealed class EmbeddingQueue(ChatDatabase database, IMessageIndex index, Clock clock, TimeSpan lease)
{
    /// <summary>Messages of one claim.</summary>
    private const int Most = 256;

    /// <summary>
    /// Of the texts of one claim, but for a single one that is longer. The embedder is asked for all of them before any is stored, so this
    /// is also what is paid for in vain where the storing fails.
    /// </summary>
    private const int MostBytes = 250_000;

    /// <summary>Of one transaction, but for those of a single message.</summary>
    private const int MostVectors = 128;

    private readonly Guid _worker = Guid.NewGuid();

    /// <summary>The longest waiting first. What is not stored, refused or released comes back after the lease.</summary>
    /// <returns>The messages, and whether others are still due.</returns>
    public Task<(List<QueuedMessage> Messages, bool IsMore)> ClaimAsync(CancellationToken ct)
    {
        var now = PendingEmbedding.Microseconds(clock.Now);
        var until = PendingEmbedding.Microseconds(clock.Now + lease);
        return database.WriteAsync<(List<QueuedMessage>, bool)>(
            async (db, token) =>
            {
                if (!await db.PendingEmbeddings.AnyAsync(p => p.DueAt <= now, token)) return ([], false);
                // The second condition for a second instance: it waits for this statement and then looks at the rows again.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE pending_embeddings SET claim = {_worker}, due_at = {until}
                    WHERE (owner_id, message_id) IN (
                        SELECT owner_id, message_id FROM (
                            SELECT due.owner_id, due.message_id, octet_length(m.content) AS bytes,
                                SUM(octet_length(m.content)) OVER (ORDER BY due.due_at, due.owner_id, due.message_id) AS total
                            FROM (SELECT owner_id, message_id, due_at FROM pending_embeddings WHERE due_at <= {now} ORDER BY due_at LIMIT {Most}) AS due
                            JOIN messages m ON m.owner_id = due.owner_id AND m.id = due.message_id) AS counted
                        WHERE total <= {MostBytes} OR total = bytes)
                        AND due_at <= {now}
                    """,
                    token);
                var claimed = await (
                    from pending in db.PendingEmbeddings
                    join message in db.Messages on new { pending.OwnerId, Id = pending.MessageId } equals new { message.OwnerId, message.Id }
                    where pending.DueAt == until && pending.Claim == _worker
                    orderby pending.OwnerId, pending.MessageId
                    select new QueuedMessage(
                        new QueueKey(pending.OwnerId, pending.MessageId, pending.Stamp),
                        pending.Rebuild, message.Content, message.ConversationId, message.Role, message.CreatedAt)).ToListAsync(token);
                return (claimed, await db.PendingEmbeddings.AnyAsync(p => p.DueAt <= now, token));
            },
            ct);
    }

    /// <summary>Gives back what this worker has in hand; with <paramref name="all"/>, what any worker has.</summary>
    public Task ReleaseAsync(bool all, CancellationToken ct)
    {
        var now = PendingEmbedding.Microseconds(clock.Now);
        return database.WriteAsync(
            (db, token) => db.PendingEmbeddings
                .Where(p => p.DueAt > now && p.DueAt < PendingEmbedding.Never && p.Claim != null && (all || p.Claim == _worker))
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.DueAt, now).SetProperty(p => p.Claim, (Guid?)null), token),
            ct);
    }

    /// <summary>
    /// Stores the vectors of those messages that are still what they were, if the service still wants vectors of these models. Some messages
    /// at a time leave the queue with their vectors: what one transaction has no time for costs none of those before it.
    /// </summary>
    public async Task StoreAsync(
        IReadOnlyList<QueueKey> keys, IReadOnlyList<MessageEmbedding> embeddings, string serving, string? building, CancellationToken ct)
    {
        var vectors = embeddings.ToLookup(embedding => embedding.MessageId);
        for (var start = 0; start < keys.Count;)
        {
            var some = TakeSome(keys.Skip(start), vectors);
            start += some.Length;
            await StoreSomeAsync(some, [.. some.SelectMany(key => vectors[key.MessageId])], serving, building, ct);
        }
    }

    /// <summary>How many wait, those in hand included, 100,000 at most.</summary>
    public Task<int> CountAsync(CancellationToken ct) => database.ReadAsync(
        (db, token) => db.PendingEmbeddings.Where(p => p.DueAt < PendingEmbedding.Never).Take(100_000).CountAsync(token), ct);

    /// <summary>Keeps a message that the embedder will not have out of the way.</summary>
    public Task RefuseAsync(QueueKey key, CancellationToken ct) => database.WriteAsync(
        (db, token) => db.PendingEmbeddings
            .Where(p => p.OwnerId == key.OwnerId && p.MessageId == key.MessageId && p.Stamp == key.Stamp)
            .ExecuteUpdateAsync(
                set => set.SetProperty(p => p.Failed, true).SetProperty(p => p.DueAt, PendingEmbedding.Never).SetProperty(p => p.Claim, (Guid?)null), token),
        ct);

    private static QueueKey[] TakeSome(IEnumerable<QueueKey> keys, ILookup<long, MessageEmbedding> vectors)
    {
        var count = 0;
        return [.. keys.TakeWhile((key, i) => (count += vectors[key.MessageId].Count()) <= MostVectors || i == 0)];
    }

    private Task<bool> StoreSomeAsync(
        IReadOnlyList<QueueKey> keys, IReadOnlyList<MessageEmbedding> embeddings, string serving, string? building, CancellationToken ct) => database.WriteAsync(
        async (db, token) =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(token);
            if (!await db.SearchModels.AnyAsync(m => m.Serving == serving && m.Building == building, token)) return false;
            var taken = await index.TakeOffQueueAsync(db, keys, token);
            await index.ReplaceAsync(db, [.. embeddings.Where(e => taken.Contains(e.MessageId))], token);
            await transaction.CommitAsync(token);
            return true;
        },
        ct);
}
