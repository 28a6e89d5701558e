namespace ChatService.Data;

/// <summary>An occurrence of a query's clause in a text, in UTF-16 code units.</summary>
public readonly record struct QueryHit(int Start, int Length, int Clause)
{
    public int End => Start + Length;

    /// <summary>In order, not overlapping: where two clauses meet, the longer occurrence counts.</summary>
    public static List<QueryHit> Find(string text, Piece piece, KeywordQuery query)
    {
        var words = Analyzer.Words(text, piece.Start, piece.Length);
        var hits = new List<QueryHit>();
        for (var at = 0; at < words.Count;)
        {
            var (clause, count) = Longest(words, at, query);
            if (count > 0) hits.Add(new QueryHit(words[at].Start, words[at + count - 1].End - words[at].Start, clause));
            at += Math.Max(1, count);
        }
        return hits;
    }

    /// <summary>Where the stretch of that many units with the most different clauses begins; of equal ones, the one with more hits, then the first.</summary>
    public static (int First, int Clauses) Densest(List<QueryHit> hits, int length)
    {
        var (best, most) = (0, (Clauses: 0, Hits: 0));
        Span<int> counts = stackalloc int[QuerySyntax.MostClauses];
        var (end, clauses) = (0, 0);
        for (var first = 0; first < hits.Count; first++)
        {
            while (end < hits.Count && (end == first || hits[end].End <= hits[first].Start + length))
                if (counts[hits[end++].Clause]++ == 0) clauses++;
            var here = (clauses, end - first);
            if (here.CompareTo(most) > 0) (best, most) = (first, here);
            if (--counts[hits[first].Clause] == 0) clauses--;
        }
        return (best, most.Clauses);
    }

    private static (int Clause, int Words) Longest(List<Word> words, int at, KeywordQuery query)
    {
        var (clause, longest) = (0, 0);
        for (var i = 0; i < query.Clauses.Count; i++)
        {
            var count = query.Clauses[i].Match(words, at);
            if (count > longest) (clause, longest) = (i, count);
        }
        return (clause, longest);
    }
}
