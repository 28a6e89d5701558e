namespace ChatService.Data;

/// <summary>What a search text asks for: every clause must occur. Without a clause nothing is found.</summary>
public sealed record KeywordQuery(IReadOnlyList<KeywordClause> Clauses)
{
    public bool IsEmpty => Clauses.Count == 0;
}

/// <summary>A word, or words that follow one another: any of these term sequences.</summary>
/// <param name="Alternatives">None is empty, no two are equal; terms are as <see cref="Analyzer.ForIndex(string)"/> writes them.</param>
public sealed record KeywordClause(IReadOnlyList<IReadOnlyList<string>> Alternatives)
{
    public static KeywordClause Of(ReadOnlySpan<Word> words)
    {
        var french = new string[words.Length];
        var english = new string[words.Length];
        for (var i = 0; i < words.Length; i++) (french[i], english[i]) = (words[i].French, words[i].English);
        var alternatives = new List<IReadOnlyList<string>> { french };
        if (!french.AsSpan().SequenceEqual(english)) alternatives.Add(english);
        // Typed without its accent: "the" alone may be thé.
        if (words is [{ IsCommon: true } only]) alternatives.Add([only.Text]);
        return new KeywordClause(alternatives);
    }

    /// <summary>How many words of a text, from one on, are an occurrence of this clause; 0 if none begins there.</summary>
    public int Match(List<Word> words, int at)
    {
        foreach (var terms in Alternatives)
            if (at + terms.Count <= words.Count && (MatchesFrench(words, at, terms) || MatchesEnglish(words, at, terms))) return terms.Count;
        return 0;
    }

    private static bool MatchesFrench(List<Word> words, int at, IReadOnlyList<string> terms)
    {
        for (var i = 0; i < terms.Count; i++)
            if (words[at + i].French != terms[i]) return false;
        return true;
    }

    private static bool MatchesEnglish(List<Word> words, int at, IReadOnlyList<string> terms)
    {
        for (var i = 0; i < terms.Count; i++)
            if (words[at + i].English != terms[i]) return false;
        return true;
    }
}
