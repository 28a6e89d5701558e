using System.Collections.Frozen;

namespace ChatService.Data;

/// <summary>What is cut off before and behind an apostrophe.</summary>
public static class Elision
{
    // Lucene's list for French, FrenchAnalyzer.DEFAULT_ARTICLES, in a set that is asked without making a string.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _articles =
        Lucene.Net.Analysis.Fr.FrenchAnalyzer.DEFAULT_ARTICLES.ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _endings =
        new[] { "s", "t", "d", "m", "re", "ve", "ll" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The l of l'été, the qu of qu'il.</summary>
    public static bool IsArticle(ReadOnlySpan<char> beforeApostrophe) => _articles.Contains(beforeApostrophe);

    /// <summary>The s of John's, the ll of we'll.</summary>
    public static bool IsEnglishEnding(ReadOnlySpan<char> afterApostrophe) => _endings.Contains(afterApostrophe);
}
