using System.Text;

namespace ChatService.Data;

/// <summary>Writes a query for the databases. Terms hold letters and digits only; they are quoted all the same.</summary>
public static class KeywordQueryText
{
    /// <summary>For FTS5's MATCH over terms that its <c>ascii</c> tokenizer has split at the spaces. The query must have a clause.</summary>
    public static string ToFts5(this KeywordQuery query) => Join(query, " AND ", " OR ", terms => $"\"{string.Join(' ', terms)}\"");

    /// <summary>
    /// For <c>@@ CAST(... AS tsquery)</c> over a tsvector without positions: every word of every phrase, in any order. Where the query has
    /// phrases, <see cref="PhrasePatterns"/> must hold as well. The query must have a clause.
    /// </summary>
    public static string ToTsQuery(this KeywordQuery query) =>
        Join(query, " & ", " | ", terms => terms.Count == 1 ? $"'{terms[0]}'" : $"('{string.Join("' & '", terms)}')");

    /// <summary>
    /// One list for each phrase: LIKE patterns of which one must match the indexed terms with a space before and after them. (A tsvector
    /// forgets positions past 16,383, and past 256 of one word, so it cannot tell phrases in long messages.)
    /// </summary>
    public static IReadOnlyList<string[]> PhrasePatterns(this KeywordQuery query) =>
    [
        .. query.Clauses
            .Where(clause => clause.Alternatives.Any(terms => terms.Count > 1))
            .Select(clause => clause.Alternatives.Select(terms => $"% {string.Join(' ', terms)} %").ToArray()),
    ];

    private static string Join(KeywordQuery query, string and, string or, Func<IReadOnlyList<string>, string> write)
    {
        var text = new StringBuilder();
        foreach (var clause in query.Clauses)
            text.Append(text.Length > 0 ? and : "").Append('(').AppendJoin(or, clause.Alternatives.Select(write)).Append(')');
        return text.ToString();
    }
}
