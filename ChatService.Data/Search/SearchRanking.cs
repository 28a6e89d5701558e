using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>How messages are compared with a search text.</summary>
public enum SearchMode
{
    /// <summary>By meaning: the cosine of their vectors.</summary>
    Semantic,

    /// <summary>By words: every word and "phrase" must occur, in any form of the words.</summary>
    Keyword,

    /// <summary>Both, joined by their ranks.</summary>
    Hybrid,
}

/// <summary>A message that was found, before it is read.</summary>
/// <param name="Score">Comparable within one answer only.</param>
/// <param name="Piece">The piece that was found by meaning, if it was.</param>
internal sealed record RankedMessage(long MessageId, double Score, int? SemanticRank, int? KeywordRank, Piece? Piece);

/// <param name="Degraded">By words alone, because the embedder is out of reach.</param>
internal sealed record SearchRanking(IReadOnlyList<RankedMessage> Messages, bool Degraded);

/// <summary>Ranks an owner's messages against a text: the same text over the same messages gives the same ranking on every database.</summary>
public sealed class SearchRanker(
    ChatDatabase database, IMessageIndex index, Embedders embedders, SearchModels models, IOptions<DatabaseOptions> options)
{
    /// <summary>More are not ranked: nobody reads so far.</summary>
    public const int MostHits = 500;

    /// <summary>Of messages that have all the words, the newest so many are ranked, unless they are very long.</summary>
    private const int MostCandidates = 2_000;

    /// <summary>Bytes of their terms, some two for each letter of a message: 2,000 messages of 8,000 letters.</summary>
    private const long MostBytes = 32_000_000;

    /// <summary>Of the time of a unit of work: what looking for words may take of it, and all of a search in the database.</summary>
    private const double ShareOfWords = 0.5, ShareOfSearch = 0.75;

    internal async Task<SearchRanking> RankAsync(long owner, string text, SearchMode mode, SearchFilter filter, CancellationToken ct)
    {
        var query = QuerySyntax.Parse(text);
        var (serving, vector, degraded) = mode == SearchMode.Keyword ? ("", null, false) : await EmbedAsync(text, ct);
        var byWords = !query.IsEmpty && (mode != SearchMode.Semantic || degraded);
        return await database.ReadAsync(
            async (db, token) =>
            {
                var begun = Stopwatch.GetTimestamp();
                var meaning = vector is null
                    ? []
                    : await index.FindByMeaningAsync(db, owner, serving, vector, embedders.MinimumSimilarityOf(serving), filter, MostHits, token);
                var words = byWords ? await FindByWordsAsync(db, owner, query, filter, begun, token) : [];
                return new SearchRanking(Rank(mode, degraded, meaning, words), degraded);
            },
            ct);
    }

    private async Task<(string Model, Half[]? Vector, bool Degraded)> EmbedAsync(string text, CancellationToken ct)
    {
        var (serving, _) = await models.FindAsync(ct);
        try
        {
            return (serving, await embedders.EmbedQueryAsync(serving, text, ct), false);
        }
        catch (EmbedderException)
        {
            return (serving, null, true);
        }
    }

    /// <summary>
    /// The newest first, as many as there is time for: words that fill long messages can be asked for in ways that take a core many seconds.
    /// </summary>
    private async Task<List<(long MessageId, double Score)>> FindByWordsAsync(
        ChatDbContext db, long owner, KeywordQuery query, SearchFilter filter, long begun, CancellationToken ct)
    {
        var (scored, score) = (new List<(long MessageId, double Score)>(), new KeywordScore(query));
        var deadline = options.Value.Deadline;
        var left = deadline * ShareOfSearch - Stopwatch.GetElapsedTime(begun);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left < deadline * ShareOfWords ? left : deadline * ShareOfWords);
        try
        {
            await foreach (var hit in index.FindByWordsAsync(db, owner, query, filter, MostCandidates, MostBytes, enough.Token))
            {
                scored.Add((hit.MessageId, score.Of(hit.Terms)));
                if (enough.IsCancellationRequested) break;
            }
        }
        catch (Exception fault) when (enough.IsCancellationRequested && index.IsInterruption(fault))
        {
        }

        ct.ThrowIfCancellationRequested();
        return [.. scored.OrderByDescending(hit => hit.Score).ThenByDescending(hit => hit.MessageId).Take(MostHits)];
    }

    private static IReadOnlyList<RankedMessage> Rank(SearchMode mode, bool degraded, List<MeaningHit> meaning, List<(long MessageId, double Score)> words)
    {
        if (mode == SearchMode.Keyword || degraded) return [.. words.Select((hit, i) => new RankedMessage(hit.MessageId, hit.Score, null, i + 1, null))];
        if (mode == SearchMode.Semantic) return [.. meaning.Select((hit, i) => new RankedMessage(hit.MessageId, hit.Similarity, i + 1, null, hit.Piece))];
        var pieces = meaning.ToDictionary(hit => hit.MessageId, hit => hit.Piece);
        return
        [
            .. RankFusion.Fuse([.. meaning.Select(hit => hit.MessageId)], [.. words.Select(hit => hit.MessageId)]).Take(MostHits)
                .Select(hit => new RankedMessage(
                    hit.MessageId, hit.Score, hit.SemanticRank, hit.KeywordRank, pieces.TryGetValue(hit.MessageId, out var piece) ? piece : null)),
        ];
    }
}
