using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>
/// Keeps the index with the messages, in the transaction that changes them: words at once, vectors by way of a queue. Deleting a message
/// needs no call: everything here refers to it and goes with it.
/// </summary>
internal static class MessageIndexing
{
    /// <summary>For a message that has not been searchable until now.</summary>
    public static void Add(OwnerWork unit, Message message) => Add(unit, message, Analyzer.ForIndex(message.Content));

    /// <param name="unit">Where its owner's lock is held.</param>
    /// <param name="message">The message.</param>
    /// <param name="terms">The analyzer's, of its content.</param>
    public static void Add(OwnerWork unit, Message message, string terms)
    {
        unit.Db.IndexedMessages.Add(new IndexedMessage
        {
            OwnerId = message.OwnerId,
            MessageId = message.Id,
            ConversationId = message.ConversationId,
            Role = message.Role,
            CreatedAt = message.CreatedAt,
            Terms = terms,
        });
        unit.Db.PendingEmbeddings.Add(new PendingEmbedding
        {
            OwnerId = message.OwnerId,
            MessageId = message.Id,
            Stamp = Guid.NewGuid(),
            DueAt = PendingEmbedding.Microseconds(unit.Now),
        });
    }

    /// <summary>For a message that says something else now.</summary>
    public static async Task ReplaceAsync(OwnerWork unit, Message message, CancellationToken ct)
    {
        var (owner, id) = (message.OwnerId, message.Id);
        var terms = Analyzer.ForIndex(message.Content);
        await unit.Db.IndexedMessages.Where(m => m.OwnerId == owner && m.MessageId == id)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.Terms, terms), ct);
        // The queue before the vectors: a worker that is just storing those of the old text is waited for here, and they go below.
        await unit.Db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO pending_embeddings (owner_id, message_id, stamp, rebuild, due_at, failed)
            VALUES ({owner}, {id}, {Guid.NewGuid()}, {false}, {PendingEmbedding.Microseconds(unit.Now)}, {false})
            ON CONFLICT (owner_id, message_id) DO UPDATE SET stamp = excluded.stamp, rebuild = excluded.rebuild, due_at = excluded.due_at, failed = excluded.failed
            """,
            ct);
        await unit.Db.MessageEmbeddings.Where(e => e.OwnerId == owner && e.MessageId == id).ExecuteDeleteAsync(ct);
    }

    /// <summary>For an answer that another one replaces: it stays, but is not found.</summary>
    public static async Task RemoveAsync(OwnerWork unit, Message message, CancellationToken ct)
    {
        var (owner, id) = (message.OwnerId, message.Id);
        await unit.Db.IndexedMessages.Where(m => m.OwnerId == owner && m.MessageId == id).ExecuteDeleteAsync(ct);
        await unit.Db.PendingEmbeddings.Where(p => p.OwnerId == owner && p.MessageId == id).ExecuteDeleteAsync(ct);
        await unit.Db.MessageEmbeddings.Where(e => e.OwnerId == owner && e.MessageId == id).ExecuteDeleteAsync(ct);
    }
}
