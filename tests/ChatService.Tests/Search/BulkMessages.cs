using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ChatService.Tests;

/// <summary>Puts many messages with their index into a database, past the services, so that it takes seconds.</summary>
internal static class BulkMessages
{
    private const int BatchSize = 2_000;

    /// <param name="vectors">The contents' own, from whoever has them: to make them takes longer than the rest.</param>
    /// <returns>The id of the first; the others follow without a gap.</returns>
    public static async Task<long> InsertAsync(
        ServiceHost host, long owner, long conversation, long firstId, IReadOnlyList<string> contents, IReadOnlyList<Half[]>? vectors = null)
    {
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var role = nameof(MessageRole.User);
        foreach (var some in contents.Index().Chunk(BatchSize))
        {
            await using var db = host.Open();
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                await WriteAsync(
                    db, "messages", ["owner_id", "id", "conversation_id", "sequence", "role", "content", "created_at", "superseded"],
                    some.Select(one => new object[] { owner, firstId + one.Index, conversation, one.Index + 1, role, one.Item, at, false }));
                await WriteAsync(
                    db, "indexed_messages", ["owner_id", "message_id", "conversation_id", "role", "created_at", "terms"],
                    some.Select(one => new object[] { owner, firstId + one.Index, conversation, role, at, Analyzer.ForIndex(one.Item) }));
                await host.Get<IMessageIndex>().ReplaceAsync(db, Array.ConvertAll(some, EmbeddingOf), CancellationToken.None);
                await transaction.CommitAsync();
            });
        }

        return firstId;

        MessageEmbedding EmbeddingOf((int Index, string Content) one) => new()
        {
            OwnerId = owner,
            MessageId = firstId + one.Index,
            Model = HashingEmbedder.Model,
            Start = 0,
            Length = one.Content.Length,
            Vector = vectors?[one.Index] ?? Embedders.ToStored(HashingEmbedder.Embed(one.Content)),
            ConversationId = conversation,
            Role = MessageRole.User,
            CreatedAt = at,
        };
    }

    private static async Task WriteAsync(ChatDbContext db, string table, string[] columns, IEnumerable<object[]> rows)
    {
        var names = string.Join(", ", columns);
        if (db.Database.GetDbConnection() is NpgsqlConnection postgres)
        {
            await using var copy = await postgres.BeginBinaryImportAsync($"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)");
            foreach (var row in rows) await copy.WriteRowAsync(CancellationToken.None, row);
            await copy.CompleteAsync();
            return;
        }

        await using var insert = db.Database.GetDbConnection().CreateCommand();
        insert.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        insert.CommandText = $"INSERT INTO {table} ({names}) VALUES ({string.Join(", ", columns.Select(column => $"@{column}"))})";
        var parameters = Array.ConvertAll(columns, column =>
        {
            var parameter = insert.CreateParameter();
            parameter.ParameterName = $"@{column}";
            insert.Parameters.Add(parameter);
            return parameter;
        });
        foreach (var row in rows)
        {
            foreach (var (parameter, value) in parameters.Zip(row)) parameter.Value = value is DateTime time ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : value;
            await insert.ExecuteNonQueryAsync();
        }
    }
}
