using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChatService.Tests;

/// <summary>Puts many messages with their index into a database, past the services, so that it takes seconds.</summary>
internal static class BulkMessages
{
    private const int BatchSize = 2_000;

    /// <returns>The id of the first; the others follow without a gap.</returns>
    public static async Task<long> InsertAsync(ServiceHost host, long owner, long conversation, long firstId, IReadOnlyList<string> contents)
    {
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var start = 0; start < contents.Count; start += BatchSize)
        {
            await using var db = host.Open();
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var some = contents.Skip(start).Take(BatchSize).Index().Select(one => new Message
                {
                    OwnerId = owner,
                    Id = firstId + start + one.Index,
                    ConversationId = conversation,
                    Sequence = start + one.Index + 1,
                    Role = MessageRole.User,
                    Content = one.Item,
                    CreatedAt = at,
                }).ToList();
                if (db.Database.GetDbConnection() is NpgsqlConnection postgres) await CopyAsync(postgres, some);
                else await AddAsync(db, some);
                await host.Get<IMessageIndex>().ReplaceAsync(db, [.. some.Select(EmbeddingOf)], CancellationToken.None);
                await transaction.CommitAsync();
            });
        }

        return firstId;
    }

    private static MessageEmbedding EmbeddingOf(Message message) => new()
    {
        OwnerId = message.OwnerId,
        MessageId = message.Id,
        Model = HashingEmbedder.Model,
        Start = 0,
        Length = message.Content.Length,
        Vector = Embedders.ToStored(HashingEmbedder.Embed(message.Content)),
        ConversationId = message.ConversationId,
        Role = message.Role,
        CreatedAt = message.CreatedAt,
    };

    private static async Task AddAsync(ChatDbContext db, List<Message> messages)
    {
        db.Messages.AddRange(messages);
        db.IndexedMessages.AddRange(messages.Select(message => new IndexedMessage
        {
            OwnerId = message.OwnerId,
            MessageId = message.Id,
            ConversationId = message.ConversationId,
            Role = message.Role,
            CreatedAt = message.CreatedAt,
            Terms = Analyzer.ForIndex(message.Content),
        }));
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<Message> messages)
    {
        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY messages (owner_id, id, conversation_id, sequence, role, content, created_at, superseded) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var m in messages)
                await copy.WriteRowAsync(CancellationToken.None, m.OwnerId, m.Id, m.ConversationId, m.Sequence, m.Role.ToString(), m.Content, m.CreatedAt, false);
            await copy.CompleteAsync();
        }

        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY indexed_messages (owner_id, message_id, conversation_id, role, created_at, terms) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var m in messages)
                await copy.WriteRowAsync(CancellationToken.None, m.OwnerId, m.Id, m.ConversationId, m.Role.ToString(), m.CreatedAt, Analyzer.ForIndex(m.Content));
            await copy.CompleteAsync();
        }
    }
}
