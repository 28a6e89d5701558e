namespace ChatService.Data;

/// <summary>An occurrence of a query's clause in a text, in UTF-16 code units.</summary>
public readonly record struct QueryHit(int Start, int Length, int Clause)
{
    public int End => Start + Length;

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
}
