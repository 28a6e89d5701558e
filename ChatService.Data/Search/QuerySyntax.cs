using System.Buffers;

namespace ChatService.Data;

/// <summary>
/// Reads a search text: words, and "phrases" in any kind of double quotes. Nothing else is syntax, and nothing is an error.
/// </summary>
/// <remarks>
/// All words must occur, in any order and form; a phrase's words one after the other. What is written in one piece (gpt-4, example.com,
/// a run of Han characters) is a phrase too. Common words are only asked for inside phrases, or when there is nothing else.
/// </remarks>
public static class QuerySyntax
{
    /// <summary>Further clauses are left out; FTS5 refuses expressions that nest too deeply.</summary>
    public const int MostClauses = 64;

    /// <summary>In words. What is longer is asked for in parts of so many: it takes either database the square of it to find one.</summary>
    public const int LongestPhrase = 16;

    /// <summary>In words, phrases and all. Further clauses are left out.</summary>
    public const int MostWords = 256;

    private static readonly SearchValues<char> _quotes = SearchValues.Create("\"“”„«»");

    public static KeywordQuery Parse(string text)
    {
        var clauses = new List<KeywordClause>();
        var common = new List<KeywordClause>();
        var position = 0;
        while (position < text.Length)
        {
            var quote = NextQuote(text, position);
            var closing = quote < text.Length ? NextQuote(text, quote + 1) : text.Length;
            // A quote without a partner is a space.
            AddPieces(text, position, quote, clauses, common);
            if (closing < text.Length) AddPhrase(text, quote + 1, closing, clauses);
            else if (quote < text.Length) AddPieces(text, quote + 1, text.Length, clauses, common);
            position = closing + 1;
        }
        return new KeywordQuery(Distinct(clauses.Count > 0 ? clauses : common));
    }

    private static int NextQuote(string text, int from)
    {
        var offset = from < text.Length ? text.AsSpan(from).IndexOfAny(_quotes) : -1;
        return offset < 0 ? text.Length : from + offset;
    }

    private static void AddPhrase(string text, int start, int end, List<KeywordClause> clauses)
    {
        Add(Analyzer.Words(text, start, end - start).ToArray(), clauses);
    }

    private static void Add(ReadOnlySpan<Word> phrase, List<KeywordClause> clauses)
    {
        for (; phrase.Length > LongestPhrase; phrase = phrase[LongestPhrase..]) clauses.Add(KeywordClause.Of(phrase[..LongestPhrase]));
        if (!phrase.IsEmpty) clauses.Add(KeywordClause.Of(phrase));
    }

    private static void AddPieces(string text, int start, int end, List<KeywordClause> clauses, List<KeywordClause> common)
    {
        var words = Analyzer.Words(text, start, end - start).ToArray();
        for (var first = 0; first < words.Length;)
        {
            var next = first + 1;
            while (next < words.Length && !HasWhiteSpace(text, words[next - 1].End, words[next].Start)) next++;
            AddPiece(words.AsSpan(first, next - first), clauses, common);
            first = next;
        }
    }

    private static bool HasWhiteSpace(string text, int start, int end)
    {
        foreach (var letter in text.AsSpan(start, end - start))
            if (char.IsWhiteSpace(letter)) return true;
        return false;
    }

    /// <summary>Common words at the ends of a piece are no part of it: dois-je asks for dois, rendez-vous for rendez.</summary>
    private static void AddPiece(ReadOnlySpan<Word> piece, List<KeywordClause> clauses, List<KeywordClause> common)
    {
        var rest = piece;
        while (rest is [{ IsCommon: true }, ..]) rest = rest[1..];
        while (rest is [.., { IsCommon: true }]) rest = rest[..^1];
        if (!rest.IsEmpty) Add(rest, clauses);
        else foreach (var word in piece) common.Add(KeywordClause.Of([word]));
    }

    private static List<KeywordClause> Distinct(List<KeywordClause> clauses)
    {
        var left = MostWords;
        return
        [
            .. clauses.DistinctBy(clause => string.Join('|', clause.Alternatives.Select(terms => string.Join(' ', terms)))).Take(MostClauses)
                .TakeWhile(clause => (left -= clause.Alternatives[0].Count) >= 0),
        ];
    }
}
