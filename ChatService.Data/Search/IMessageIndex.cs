namespace ChatService.Data;

/// <summary>A message that has the words, with its terms.</summary>
public readonly record struct WordHit(long MessageId, string Terms);

/// <summary>A message that is near in meaning, with the piece that is nearest.</summary>
public readonly record struct MeaningHit(long MessageId, double Similarity, Piece Piece);

/// <summary>A message taken from the queue, to be stored only if it is still the same.</summary>
public readonly record struct QueueKey(long OwnerId, long MessageId, Guid Stamp);

/// <summary>What each database does in its own way. Owner and filter act inside, before anything is ranked or cut.</summary>
public interface IMessageIndex
{
    /// <summary>Messages with every clause of the query, the newest first; read as they come. The one that reaches <paramref name="mostBytes"/> of terms is the last.</summary>
    IAsyncEnumerable<WordHit> FindByWordsAsync(
        ChatDbContext db, long owner, KeywordQuery query, SearchFilter filter, int most, long mostBytes, CancellationToken ct);

    /// <summary>Whether a search by words was ended by its token alone, and not by a database that does not answer.</summary>
    bool IsInterruption(Exception fault);

    /// <summary>Exact, the most similar first, of equal ones the newer; each message by its best piece.</summary>
    Task<List<MeaningHit>> FindByMeaningAsync(
        ChatDbContext db, long owner, string model, Half[] vector, float minimumSimilarity, SearchFilter filter, int most, CancellationToken ct);

    /// <summary>Takes off the queue what is still as it was and is not being deleted at this moment, and locks its message.</summary>
    /// <returns>What was taken.</returns>
    Task<HashSet<long>> TakeOffQueueAsync(ChatDbContext db, IReadOnlyList<QueueKey> keys, CancellationToken ct);

    /// <summary>Stores vectors in place of those that their messages have of the same models.</summary>
    Task ReplaceAsync(ChatDbContext db, IReadOnlyList<MessageEmbedding> embeddings, CancellationToken ct);
}
