using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <param name="Query">Words and "phrases", 1 to 1,000 UTF-16 code units; nothing in it is an error.</param>
/// <param name="First">Page size, 1 to 100.</param>
/// <param name="After">A hit's cursor, from a page of the same search.</param>
public sealed record SearchRequest(string Query, SearchMode Mode, SearchFilter Filter, int First, string? After);

/// <summary>A message that was found, and why.</summary>
/// <param name="Score">Comparable within one answer only.</param>
/// <param name="SemanticRank">From 1; null where it was not found by meaning.</param>
/// <param name="KeywordRank">From 1; null where it was not found by words.</param>
public sealed record SearchHit(string Cursor, Message Message, double Score, int? SemanticRank, int? KeywordRank, Snippet Snippet);

/// <summary>One page of hits, the best first.</summary>
/// <param name="Degraded">By words alone, because the embedder is out of reach.</param>
public sealed record SearchPage(IReadOnlyList<SearchHit> Hits, bool HasNext, bool HasPrevious, bool Degraded);

/// <summary>How far the index is with an owner's messages.</summary>
/// <param name="Model">The model whose vectors are searched.</param>
/// <param name="Pending">Messages that are found by words, but not by meaning yet.</param>
/// <param name="Failed">Messages that the model will not have.</param>
public sealed record SearchStatus(string Model, bool ByMeaning, int Indexed, int Pending, int Failed);

/// <summary>Finds an owner's messages.</summary>
public sealed class SearchService(ChatDatabase database, SearchRanker ranker, SearchModels models, MessageHistory history, Clock clock)
{
    private static readonly ChatError _badPage = ChatError.BadInput("first", $"A page has 1 to {PageRequest.MaximumSize} items.");
    private static readonly ChatError _otherSearch = ChatError.BadInput("after", "The cursor is of another search.");

    /// <summary>At most <see cref="SearchRanker.MostHits"/> hits in all; none is an honest answer.</summary>
    /// <returns>Errors: BAD_USER_INPUT.</returns>
    public async Task<Result<SearchPage>> SearchAsync(long owner, SearchRequest request, CancellationToken ct)
    {
        if (Input.CheckSearch(request.Query) is { } refused) return refused;
        if (request.First is < 1 or > PageRequest.MaximumSize) return _badPage;
        var fingerprint = SearchCursor.FingerprintOf(request.Query, request.Mode, request.Filter);
        SearchCursor? after = null;
        if (request.After is not null)
        {
            if ((after = SearchCursor.Read(request.After)) is null) return Cursor.Malformed;
            if (after.Value.Fingerprint != fingerprint) return _otherSearch;
        }

        var until = after?.Until ?? clock.Now;
        var ranking = await ranker.RankAsync(owner, request.Query, request.Mode, request.Filter with { Until = until }, ct);
        var start = after?.NextIn(ranking.Messages) ?? 0;
        var page = ranking.Messages.Skip(start).Take(request.First).ToList();
        var messages = page.Count == 0 ? [] : await history.FindManyAsync(owner, page.ConvertAll(hit => hit.MessageId), ct);
        var snippets = new Snippets(QuerySyntax.Parse(request.Query));
        var hits = new List<SearchHit>(page.Count);
        foreach (var (place, found) in page.Index())
        {
            // Deleted a moment ago.
            if (!messages.TryGetValue(found.MessageId, out var message)) continue;
            var cursor = new SearchCursor(fingerprint, until, start + place, found.MessageId).Write();
            hits.Add(new SearchHit(cursor, message, found.Score, found.SemanticRank, found.KeywordRank, SnippetOf(snippets, message, found)));
        }

        return new SearchPage(hits, HasNext: start + page.Count < ranking.Messages.Count, HasPrevious: start > 0, ranking.Degraded);
    }

    public async Task<SearchStatus> StatusAsync(long owner, CancellationToken ct)
    {
        var (serving, _) = await models.FindAsync(ct);
        return await database.ReadAsync(
            async (db, token) =>
            {
                var indexed = db.IndexedMessages.Where(m => m.OwnerId == owner && !db.Conversations.IgnoreQueryFilters()
                    .Where(c => c.OwnerId == owner && c.ErasedAt != null).Select(c => c.Id).Contains(m.ConversationId));
                var all = await indexed.CountAsync(token);
                var waiting = await db.PendingEmbeddings
                    .Where(p => p.OwnerId == owner && (!p.Rebuild || p.Failed) && indexed.Any(m => m.MessageId == p.MessageId)).GroupBy(p => p.Failed)
                    .Select(group => new { Failed = group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Failed, group => group.Count, token);
                var (pending, failed) = (waiting.GetValueOrDefault(false), waiting.GetValueOrDefault(true));
                return new SearchStatus(serving, Embedders.IsByMeaning(serving), Math.Max(0, all - pending - failed), pending, failed);
            },
            ct);
    }

    /// <summary>A message with all the words shows them, wherever they are; another one shows the piece that was found by meaning.</summary>
    private static Snippet SnippetOf(Snippets snippets, Message message, RankedMessage found)
    {
        var piece = found.KeywordRank is null && found.Piece is { } nearest && nearest.End <= message.Content.Length ? found.Piece : null;
        return snippets.Of(message.Content, piece);
    }
}
