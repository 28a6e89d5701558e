namespace ChatService.Data;

/// <summary>
/// Ranks keyword hits: BM25 without the rarity of words, since every hit has all of them. It depends on the message and the query
/// alone, so both databases agree, pages are stable, and no score tells how often other people's messages use a word.
/// </summary>
public static class KeywordScore
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.5;
    private const double UsualWords = 40;

    /// <param name="terms">What <see cref="Analyzer.ForIndex(string)"/> has written for the message.</param>
    /// <returns>0 if a clause of the query does not occur, more for more and denser occurrences.</returns>
    public static double Of(KeywordQuery query, string terms)
    {
        var separator = $" {Analyzer.Separator} ";
        var half = terms.IndexOf(separator, StringComparison.Ordinal);
        var french = half < 0 ? terms : terms.AsSpan(0, half);
        var english = half < 0 ? [] : terms.AsSpan(half + separator.Length);
        var words = french.Count(' ') + 1;
        var damping = Saturation * (1 - LengthWeight + LengthWeight * words / UsualWords);
        var score = 0.0;
        foreach (var clause in query.Clauses)
        {
            var occurrences = Math.Max(Count(clause, french), Count(clause, english));
            if (occurrences == 0) return 0;
            score += occurrences * (Saturation + 1) / (occurrences + damping);
        }
        return score;
    }

    private static int Count(KeywordClause clause, ReadOnlySpan<char> terms)
    {
        var most = 0;
        foreach (var sequence in clause.Alternatives) most = Math.Max(most, Count(terms, string.Join(' ', sequence)));
        return most;
    }

    private static int Count(ReadOnlySpan<char> terms, string sequence)
    {
        var count = 0;
        for (var from = 0; from < terms.Length;)
        {
            var offset = terms[from..].IndexOf(sequence, StringComparison.Ordinal);
            if (offset < 0) break;
            var start = from + offset;
            var end = start + sequence.Length;
            if ((start == 0 || terms[start - 1] == ' ') && (end == terms.Length || terms[end] == ' ')) count++;
            from = end;
        }
        return count;
    }
}
