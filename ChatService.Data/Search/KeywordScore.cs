namespace ChatService.Data;

/// <summary>
/// Ranks keyword hits: BM25 without the rarity of words, since every hit has all of them. It depends on the message and the query
/// alone, so both databases agree, pages are stable, and no score tells how often other people's messages use a word.
/// It is one query's and holds its counts: not for several threads.
/// </summary>
public sealed class KeywordScore
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.5;
    private const double UsualWords = 40;
    private static readonly string _separator = $" {Analyzer.Separator} ";

    private readonly int _clauses;
    private readonly Sequence[] _sequences;
    private readonly Dictionary<string, List<Sequence>>.AlternateLookup<ReadOnlySpan<char>> _byFirstTerm;

    /// <summary>Prepares a query for many messages: each is read once, however many words are wanted.</summary>
    public KeywordScore(KeywordQuery query)
    {
        _clauses = query.Clauses.Count;
        _sequences = [.. query.Clauses.SelectMany((clause, i) => clause.Alternatives.Select(terms => new Sequence(i, string.Join(' ', terms))))];
        var byFirstTerm = new Dictionary<string, List<Sequence>>(StringComparer.Ordinal);
        foreach (var sequence in _sequences)
        {
            var first = sequence.Terms.Split(' ')[0];
            if (!byFirstTerm.TryGetValue(first, out var some)) byFirstTerm.Add(first, some = []);
            some.Add(sequence);
        }

        _byFirstTerm = byFirstTerm.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <param name="terms">What <see cref="Analyzer.ForIndex(string)"/> has written for the message.</param>
    /// <returns>0 if a clause of the query does not occur, more for more and denser occurrences.</returns>
    public double Of(string terms)
    {
        var half = terms.IndexOf(_separator, StringComparison.Ordinal);
        var french = half < 0 ? terms : terms.AsSpan(0, half);
        var occurrences = new int[_clauses];
        Count(french, occurrences);
        if (half >= 0) Count(terms.AsSpan(half + _separator.Length), occurrences);
        var damping = Saturation * (1 - LengthWeight + LengthWeight * (french.Count(' ') + 1) / UsualWords);
        var score = 0.0;
        foreach (var count in occurrences)
        {
            if (count == 0) return 0;
            score += count * (Saturation + 1) / (count + damping);
        }

        return score;
    }

    /// <summary>Raises each clause to the occurrences of that alternative which has most.</summary>
    private void Count(ReadOnlySpan<char> terms, int[] occurrences)
    {
        foreach (var sequence in _sequences) (sequence.Count, sequence.End) = (0, 0);
        for (var start = 0; start < terms.Length;)
        {
            var length = terms[start..].IndexOf(' ');
            var end = length < 0 ? terms.Length : start + length;
            if (_byFirstTerm.TryGetValue(terms[start..end], out var some))
            {
                foreach (var sequence in some) sequence.Meet(terms, start);
            }

            start = end + 1;
        }

        foreach (var sequence in _sequences) occurrences[sequence.Clause] = Math.Max(occurrences[sequence.Clause], sequence.Count);
    }

    /// <summary>One alternative of a clause, and how often it has been met, without overlapping itself.</summary>
    private sealed class Sequence(int clause, string terms)
    {
        public int Clause => clause;

        public string Terms => terms;

        public int Count { get; set; }

        public int End { get; set; }

        public void Meet(ReadOnlySpan<char> text, int start)
        {
            var end = start + terms.Length;
            if (start < End || !text[start..].StartsWith(terms, StringComparison.Ordinal) || (end < text.Length && text[end] != ' ')) return;
            (Count, End) = (Count + 1, end);
        }
    }
}
