using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Pgvector;

namespace ChatService.Data;

internal sealed class PostgresMessageIndex : IMessageIndex
{
    private const string Filtered = """
        owner_id = @owner
            AND (@conversations IS NULL OR conversation_id = ANY(@conversations)) AND (@roles IS NULL OR role = ANY(@roles))
            AND (@after IS NULL OR created_at > @after) AND (@before IS NULL OR created_at < @before) AND (@until IS NULL OR created_at <= @until)
            AND (@except_conversation IS NULL OR conversation_id <> @except_conversation) AND (@except_message IS NULL OR message_id <> @except_message)
            AND conversation_id NOT IN (SELECT id FROM conversations WHERE owner_id = @owner AND erased_at IS NOT NULL)
        """;

    /// <remarks>A GIN index tells the words of phrases, not their order; the terms do.</remarks>
    public async IAsyncEnumerable<WordHit> FindByWordsAsync(
        ChatDbContext db, long owner, KeywordQuery query, SearchFilter filter, int most, long mostBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        var phrases = query.PhrasePatterns();
        await using var command = await CommandAsync(
            db,
            $"""
            SELECT message_id, terms FROM (
                SELECT message_id, terms, SUM(octet_length(terms)) OVER (ORDER BY message_id DESC) - octet_length(terms) AS newer FROM (
                    SELECT message_id, terms FROM indexed_messages
                    WHERE {Filtered} AND words @@ CAST(@query AS tsquery)
                        {string.Concat(phrases.Select((_, i) => $" AND ' ' || terms || ' ' LIKE ANY(@phrase{i})"))}
                    ORDER BY message_id DESC LIMIT @most) AS newest) AS counted
            WHERE newer < @most_bytes ORDER BY message_id DESC
            """,
            ct);
        Bind(command, owner, filter);
        command.Parameters.AddWithValue("query", $"'#{owner}' & {query.ToTsQuery()}");
        command.Parameters.AddWithValue("most", most);
        command.Parameters.AddWithValue("most_bytes", mostBytes);
        for (var i = 0; i < phrases.Count; i++) command.Parameters.AddWithValue($"phrase{i}", phrases[i]);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) yield return new WordHit(reader.GetInt64(0), reader.GetString(1));
    }

    public bool IsInterruption(Exception fault) =>
        fault is OperationCanceledException { InnerException: PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } };

    /// <remarks>
    /// Vectors have length 1, so the inner product is the cosine; one of another length is none of this model's, and CASE keeps it from being
    /// compared. As a plain condition of the scan it is worked out in parallel; the few that pass can be asked twice.
    /// </remarks>
    public async Task<List<MeaningHit>> FindByMeaningAsync(
        ChatDbContext db, long owner, string model, Half[] vector, float minimumSimilarity, SearchFilter filter, int most, CancellationToken ct)
    {
        await using var command = await CommandAsync(
            db,
            $"""
            SELECT message_id, similarity, start, length FROM (
                SELECT DISTINCT ON (message_id) message_id, -(vector <#> @vector) AS similarity, start, length FROM message_embeddings
                WHERE {Filtered} AND model = @model AND CASE WHEN vector_dims(vector) = @dimensions THEN -(vector <#> @vector) >= @minimum END
                ORDER BY message_id, similarity DESC, start) AS message
            ORDER BY similarity DESC, message_id DESC LIMIT @most
            """,
            ct);
        Bind(command, owner, filter);
        command.Parameters.AddWithValue("model", model);
        command.Parameters.AddWithValue("vector", new HalfVector(vector));
        command.Parameters.AddWithValue("dimensions", vector.Length);
        command.Parameters.AddWithValue("minimum", (double)minimumSimilarity);
        command.Parameters.AddWithValue("most", most);
        var hits = new List<MeaningHit>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            hits.Add(new MeaningHit(reader.GetInt64(0), reader.GetDouble(1), new Piece(reader.GetInt32(2), reader.GetInt32(3))));
        return hits;
    }

    /// <remarks>Messages first and without waiting, or a worker and somebody who deletes could wait for each other.</remarks>
    public async Task<HashSet<long>> TakeOffQueueAsync(ChatDbContext db, IReadOnlyList<QueueKey> keys, CancellationToken ct)
    {
        await using var command = await CommandAsync(
            db,
            """
            WITH wanted AS (SELECT * FROM unnest(@owners, @messages, @stamps) AS w (owner_id, message_id, stamp)),
                locked AS MATERIALIZED (
                    SELECT m.owner_id, m.id FROM messages m JOIN wanted w ON m.owner_id = w.owner_id AND m.id = w.message_id
                    FOR KEY SHARE OF m SKIP LOCKED)
            DELETE FROM pending_embeddings p USING wanted w, locked l
            WHERE p.owner_id = w.owner_id AND p.message_id = w.message_id AND p.stamp = w.stamp AND l.owner_id = w.owner_id AND l.id = w.message_id
            RETURNING p.message_id
            """,
            ct);
        command.Parameters.AddWithValue("owners", keys.Select(key => key.OwnerId).ToArray());
        command.Parameters.AddWithValue("messages", keys.Select(key => key.MessageId).ToArray());
        command.Parameters.AddWithValue("stamps", keys.Select(key => key.Stamp).ToArray());
        var taken = new HashSet<long>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) taken.Add(reader.GetInt64(0));
        return taken;
    }

    public async Task ReplaceAsync(ChatDbContext db, IReadOnlyList<MessageEmbedding> embeddings, CancellationToken ct)
    {
        await using var command = await CommandAsync(
            db,
            """
            DELETE FROM message_embeddings e USING unnest(@owners, @messages, @models) AS w (owner_id, message_id, model)
            WHERE e.owner_id = w.owner_id AND e.message_id = w.message_id AND e.model = w.model
            """,
            ct);
        var replaced = embeddings.DistinctBy(e => (e.MessageId, e.Model)).ToList();
        command.Parameters.AddWithValue("owners", replaced.ConvertAll(e => e.OwnerId));
        command.Parameters.AddWithValue("messages", replaced.ConvertAll(e => e.MessageId));
        command.Parameters.AddWithValue("models", replaced.ConvertAll(e => e.Model));
        await command.ExecuteNonQueryAsync(ct);

        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY message_embeddings (owner_id, message_id, model, piece, start, length, vector, conversation_id, role, created_at)
            FROM STDIN (FORMAT BINARY)
            """,
            ct);
        foreach (var embedding in embeddings)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(embedding.OwnerId, ct);
            await copy.WriteAsync(embedding.MessageId, ct);
            await copy.WriteAsync(embedding.Model, ct);
            await copy.WriteAsync(embedding.Piece, ct);
            await copy.WriteAsync(embedding.Start, ct);
            await copy.WriteAsync(embedding.Length, ct);
            await copy.WriteAsync(new HalfVector(embedding.Vector), ct);
            await copy.WriteAsync(embedding.ConversationId, ct);
            await copy.WriteAsync(embedding.Role.ToString(), ct);
            await copy.WriteAsync(embedding.CreatedAt, NpgsqlDbType.TimestampTz, ct);
        }

        await copy.CompleteAsync(ct);
    }

    private static async Task<NpgsqlCommand> CommandAsync(ChatDbContext db, string sql, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        return new NpgsqlCommand(sql, (NpgsqlConnection)db.Database.GetDbConnection());
    }

    private static void Bind(NpgsqlCommand command, long owner, SearchFilter filter)
    {
        command.Parameters.AddWithValue("owner", owner);
        Add("conversations", NpgsqlDbType.Array | NpgsqlDbType.Bigint, filter.Conversations?.ToArray());
        Add("roles", NpgsqlDbType.Array | NpgsqlDbType.Text, filter.Roles?.Select(role => role.ToString()).ToArray());
        Add("after", NpgsqlDbType.TimestampTz, filter.CreatedAfter);
        Add("before", NpgsqlDbType.TimestampTz, filter.CreatedBefore);
        Add("until", NpgsqlDbType.TimestampTz, filter.Until);
        Add("except_conversation", NpgsqlDbType.Bigint, filter.ExceptConversation);
        Add("except_message", NpgsqlDbType.Bigint, filter.ExceptMessage);

        void Add(string name, NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
    }
}
