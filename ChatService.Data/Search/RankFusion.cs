namespace ChatService.Data;

/// <summary>A message with its place in each of two rankings, counted from 1; null where it is not in one.</summary>
public sealed record FusedHit(long MessageId, double Score, int? SemanticRank, int? KeywordRank);

/// <summary>Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): scores of different kinds are never compared, places are.</summary>
public static class RankFusion
{
    private const double K = 60;

    /// <param name="semantic">Message ids, the best first, each once.</param>
    /// <param name="keyword">Message ids, the best first, each once.</param>
    /// <returns>Highest score first, of equal ones the newer message.</returns>
    public static IReadOnlyList<FusedHit> Fuse(IReadOnlyList<long> semantic, IReadOnlyList<long> keyword)
    {
        var keywordRanks = Ranks(keyword);
        var semanticRanks = Ranks(semantic);
        return
        [
            .. semanticRanks.Keys.Union(keywordRanks.Keys)
                .Select(id => Hit(id, Rank(semanticRanks, id), Rank(keywordRanks, id)))
                .OrderByDescending(hit => hit.Score).ThenByDescending(hit => hit.MessageId),
        ];
    }

    private static Dictionary<long, int> Ranks(IReadOnlyList<long> ids)
    {
        var ranks = new Dictionary<long, int>(ids.Count);
        for (var i = 0; i < ids.Count; i++) ranks.TryAdd(ids[i], i + 1);
        return ranks;
    }

    private static int? Rank(Dictionary<long, int> ranks, long id) => ranks.TryGetValue(id, out var rank) ? rank : null;

    private static FusedHit Hit(long id, int? semanticRank, int? keywordRank) =>
        new(id, Share(semanticRank) + Share(keywordRank), semanticRank, keywordRank);

    private static double Share(int? rank) => rank is { } place ? 1 / (K + place) : 0;
}
