namespace ChatService.Data;

/// <summary>A range of a text, in UTF-16 code units.</summary>
public sealed record TextRange(int Start, int Length);

/// <summary>The passage of a message that shows why it was found: on one line, with an ellipsis where something is left out.</summary>
/// <param name="Highlights">The query's words in <paramref name="Text"/>, in order, not overlapping.</param>
public sealed record Snippet(string Text, IReadOnlyList<TextRange> Highlights);

/// <summary>
/// Makes the passages of one page of hits. To look for words is to analyse the text, so there is so much of it for all of them: beyond that a
/// passage is of what was seen of its message so far, or of its beginning.
/// </summary>
public sealed class Snippets(KeywordQuery query)
{
    /// <summary>The most UTF-16 units of a passage, without its ellipses.</summary>
    public const int Longest = 240;

    /// <summary>UTF-16 units that are looked through: for a page of ten of the longest messages, or a hundred of 15,000 each.</summary>
    private const int MostLookedThrough = 1_500_000;

    private const int LeadIn = 60;
    private const int LongestWordAtCut = 30;

    private readonly HitFinder _finder = new(query);
    private int _left = MostLookedThrough;

    /// <summary>Around the most words of the query; where there is none, from the beginning of the piece or the text.</summary>
    /// <param name="found">The piece that was found by meaning, for a hit that has not all words; without it, all of the text is looked through.</param>
    public Snippet Of(string text, Piece? found = null)
    {
        var start = PassageStart(text, found);
        if (start > 0) start = AfterSpace(text, start);
        var end = text.Length - start <= Longest ? text.Length : BeforeSpace(text, start, start + Longest);
        var before = start > 0 ? "…" : "";
        var after = end < text.Length ? "…" : "";
        var shift = before.Length - start;
        var highlights = _finder.Find(text, new Piece(start, end - start)).Select(hit => new TextRange(hit.Start + shift, hit.Length));
        return new Snippet(before + OnOneLine(text, start, end) + after, [.. highlights]);
    }

    private int PassageStart(string text, Piece? found)
    {
        var start = found?.Start ?? 0;
        var most = 0;
        foreach (var piece in found is { } known ? [known] : Pieces.Of(text))
        {
            if (most == _finder.Clauses || _left <= 0) break;
            _left -= piece.Length;
            var hits = _finder.Find(text, piece);
            var (first, clauses) = QueryHit.Densest(hits, Longest - LeadIn);
            if (clauses <= most) continue;
            most = clauses;
            // The beginning of a text says more than what surrounds a word, if there is room for both.
            start = piece.Start == 0 && hits[^1].End <= Longest ? 0 : Math.Max(0, hits[first].Start - LeadIn);
        }
        return start;
    }

    /// <summary>The beginning of the next word, if one is near, so that a passage does not begin within a word.</summary>
    private static int AfterSpace(string text, int start)
    {
        if (char.IsWhiteSpace(text[start - 1])) return start;
        var space = text.AsSpan(start, Math.Min(LongestWordAtCut, text.Length - start)).IndexOfAny(' ', '\n', '\t');
        return space >= 0 && start + space + 1 < text.Length ? start + space + 1 : TextCut.BetweenCharacters(text, start);
    }

    private static int BeforeSpace(string text, int from, int end)
    {
        if (char.IsWhiteSpace(text[end])) return end;
        var space = text.AsSpan(end - LongestWordAtCut, LongestWordAtCut).LastIndexOfAny(' ', '\n', '\t');
        return space >= 0 ? end - LongestWordAtCut + space : Math.Max(from + 1, TextCut.BetweenCharacters(text, end));
    }

    /// <summary>Character for character, so that offsets hold.</summary>
    private static string OnOneLine(string text, int start, int end) => string.Create(end - start, (text, start), static (line, from) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            var letter = from.text[from.start + i];
            line[i] = char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter;
        }
    });
}
