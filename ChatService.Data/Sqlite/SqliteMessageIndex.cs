using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using SQLitePCL;

namespace ChatService.Data;

internal sealed class SqliteMessageIndex : IMessageIndex
{
    private const string Filtered = """
        m.owner_id = @owner
            AND (@conversations IS NULL OR m.conversation_id IN (SELECT value FROM json_each(@conversations)))
            AND (@roles IS NULL OR m.role IN (SELECT value FROM json_each(@roles)))
            AND (@after IS NULL OR m.created_at > @after) AND (@before IS NULL OR m.created_at < @before) AND (@until IS NULL OR m.created_at <= @until)
            AND (@except_conversation IS NULL OR m.conversation_id <> @except_conversation)
            AND (@except_message IS NULL OR m.message_id <> @except_message)
            AND m.conversation_id NOT IN (SELECT id FROM conversations WHERE owner_id = @owner AND erased_at IS NOT NULL)
        """;

    public async IAsyncEnumerable<WordHit> FindByWordsAsync(
        ChatDbContext db, long owner, KeywordQuery query, SearchFilter filter, int most, long mostBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = await CommandAsync(
            db,
            $"""
            SELECT m.message_id, m.terms FROM message_words w CROSS JOIN indexed_messages m ON m.message_id = w.rowid
            WHERE w.message_words MATCH @query AND {Filtered}
            ORDER BY w.rowid DESC LIMIT @most
            """,
            ct);
        Bind(command, owner, filter);
        command.Parameters.AddWithValue("@query", $"owner:o{owner} AND terms:({query.ToFts5()})");
        command.Parameters.AddWithValue("@most", most);
        // It looks at no token while it looks for phrases.
        using var interruption = ct.Register(handle => raw.sqlite3_interrupt((sqlite3)handle!), command.Connection!.Handle);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (mostBytes > 0 && await reader.ReadAsync(ct))
        {
            var hit = new WordHit(reader.GetInt64(0), reader.GetString(1));
            mostBytes -= Encoding.UTF8.GetByteCount(hit.Terms);
            yield return hit;
        }
    }

    public bool IsInterruption(Exception fault) => fault is OperationCanceledException or SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT };

    public async Task<List<MeaningHit>> FindByMeaningAsync(
        ChatDbContext db, long owner, string model, Half[] vector, float minimumSimilarity, SearchFilter filter, int most, CancellationToken ct)
    {
        await using var command = await CommandAsync(
            db, $"SELECT m.message_id, m.start, m.length, m.vector FROM message_embeddings m WHERE {Filtered} AND m.model = @model ORDER BY m.message_id, m.piece", ct);
        Bind(command, owner, filter);
        command.Parameters.AddWithValue("@model", model);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (wanted, stored) = (new float[vector.Length], new float[vector.Length]);
        TensorPrimitives.ConvertToSingle(vector, wanted);
        var best = new List<MeaningHit>();
        while (await reader.ReadAsync(ct))
        {
            var similarity = Similarity(reader, wanted, stored);
            if (similarity < minimumSimilarity) continue;
            var hit = new MeaningHit(reader.GetInt64(0), similarity, new Piece(reader.GetInt32(1), reader.GetInt32(2)));
            if (best.Count == 0 || best[^1].MessageId != hit.MessageId) best.Add(hit);
            else if (best[^1].Similarity < similarity) best[^1] = hit;
        }

        return [.. best.OrderByDescending(hit => hit.Similarity).ThenByDescending(hit => hit.MessageId).Take(most)];
    }

    /// <remarks>There is one writer at a time, and this is it.</remarks>
    public async Task<HashSet<long>> TakeOffQueueAsync(ChatDbContext db, IReadOnlyList<QueueKey> keys, CancellationToken ct)
    {
        await using var command = await CommandAsync(
            db, "DELETE FROM pending_embeddings WHERE owner_id = @owner AND message_id = @message AND stamp = @stamp", ct);
        var (owner, message, stamp) = (Parameter(command, "@owner"), Parameter(command, "@message"), Parameter(command, "@stamp"));
        var taken = new HashSet<long>();
        foreach (var key in keys)
        {
            (owner.Value, message.Value, stamp.Value) = (key.OwnerId, key.MessageId, key.Stamp);
            if (await command.ExecuteNonQueryAsync(ct) > 0) taken.Add(key.MessageId);
        }

        return taken;
    }

    public async Task ReplaceAsync(ChatDbContext db, IReadOnlyList<MessageEmbedding> embeddings, CancellationToken ct)
    {
        await using var delete = await CommandAsync(
            db, "DELETE FROM message_embeddings WHERE owner_id = @owner AND message_id = @message AND model = @model", ct);
        var (owner, message, model) = (Parameter(delete, "@owner"), Parameter(delete, "@message"), Parameter(delete, "@model"));
        foreach (var replaced in embeddings.DistinctBy(e => (e.MessageId, e.Model)))
        {
            (owner.Value, message.Value, model.Value) = (replaced.OwnerId, replaced.MessageId, replaced.Model);
            await delete.ExecuteNonQueryAsync(ct);
        }

        await using var insert = await CommandAsync(
            db,
            """
            INSERT INTO message_embeddings (owner_id, message_id, model, piece, start, length, vector, conversation_id, role, created_at)
            VALUES (@owner, @message, @model, @piece, @start, @length, @vector, @conversation, @role, @created)
            """,
            ct);
        string[] names = ["@owner", "@message", "@model", "@piece", "@start", "@length", "@vector", "@conversation", "@role", "@created"];
        var parameters = Array.ConvertAll(names, name => Parameter(insert, name));
        foreach (var e in embeddings)
        {
            object[] values =
            [
                e.OwnerId, e.MessageId, e.Model, e.Piece, e.Start, e.Length, MemoryMarshal.AsBytes<Half>(e.Vector).ToArray(),
                e.ConversationId, e.Role.ToString(), PendingEmbedding.Microseconds(e.CreatedAt),
            ];
            foreach (var (parameter, value) in parameters.Zip(values)) parameter.Value = value;
            await insert.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Read where SQLite has it: an array for each of some 30,000 vectors would cost more than the arithmetic.</summary>
    private static float Similarity(SqliteDataReader reader, float[] wanted, float[] stored)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(raw.sqlite3_column_blob(reader.Handle, 3));
        if (halves.Length != wanted.Length) return -1;
        TensorPrimitives.ConvertToSingle(halves, stored);
        return TensorPrimitives.Dot(stored, wanted);
    }

    private static async Task<SqliteCommand> CommandAsync(ChatDbContext db, string sql, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        return new SqliteCommand(sql, (SqliteConnection)db.Database.GetDbConnection(), (SqliteTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());
    }

    private static SqliteParameter Parameter(SqliteCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        return command.Parameters.Add(parameter);
    }

    private static void Bind(SqliteCommand command, long owner, SearchFilter filter)
    {
        command.Parameters.AddWithValue("@owner", owner);
        Add("@conversations", filter.Conversations is { } conversations ? JsonSerializer.Serialize(conversations) : null);
        Add("@roles", filter.Roles is { } roles ? JsonSerializer.Serialize(roles.Select(role => role.ToString())) : null);
        Add("@after", Stored(filter.CreatedAfter));
        Add("@before", Stored(filter.CreatedBefore));
        Add("@until", Stored(filter.Until));
        Add("@except_conversation", filter.ExceptConversation);
        Add("@except_message", filter.ExceptMessage);

        void Add(string name, object? value) => command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    private static long? Stored(DateTime? time) => time is { } given ? PendingEmbedding.Microseconds(given) : null;
}
