namespace ChatService.Data;

/// <summary>Finds where a query's clauses occur in texts; how many clauses there are costs nothing where none begins.</summary>
internal sealed class HitFinder
{
    private readonly KeywordQuery _query;
    private readonly Dictionary<string, List<int>> _clausesByFirstTerm = new(StringComparer.Ordinal);

    public HitFinder(KeywordQuery query)
    {
        _query = query;
        foreach (var (i, clause) in query.Clauses.Index())
        {
            foreach (var first in clause.Alternatives.Select(terms => terms[0]).Distinct(StringComparer.Ordinal))
            {
                if (!_clausesByFirstTerm.TryGetValue(first, out var clauses)) _clausesByFirstTerm.Add(first, clauses = []);
                clauses.Add(i);
            }
        }
    }

    public int Clauses => _query.Clauses.Count;

    /// <summary>In order, not overlapping: where two clauses meet, the longer occurrence counts, of equal ones the first clause's.</summary>
    public List<QueryHit> Find(string text, Piece piece)
    {
        var words = Analyzer.Words(text, piece.Start, piece.Length);
        var hits = new List<QueryHit>();
        for (var at = 0; at < words.Count;)
        {
            var (clause, count) = Longer(words, at, words[at].English, Longer(words, at, words[at].French, (0, 0)));
            if (count > 0) hits.Add(new QueryHit(words[at].Start, words[at + count - 1].End - words[at].Start, clause));
            at += Math.Max(1, count);
        }

        return hits;
    }

    private (int Clause, int Words) Longer(List<Word> words, int at, string first, (int Clause, int Words) than)
    {
        if (!_clausesByFirstTerm.TryGetValue(first, out var clauses)) return than;
        foreach (var i in clauses)
        {
            var count = _query.Clauses[i].Match(words, at);
            if (count > than.Words || (count == than.Words && count > 0 && i < than.Clause)) than = (i, count);
        }

        return than;
    }
}
