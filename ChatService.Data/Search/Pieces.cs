namespace ChatService.Data;

/// <summary>A part of a text, in UTF-16 code units.</summary>
public readonly record struct Piece(int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>Cuts long messages into overlapping pieces, each short enough for an embedding model of 512 tokens.</summary>
public static class Pieces
{
    /// <summary>The most UTF-16 units of a piece: some 250 to 350 tokens of French or English. (Han text has more; servers cut it.)</summary>
    public const int Longest = 1000;

    /// <summary>About what a piece repeats of the one before it, so that a thought across a cut is whole in one of them.</summary>
    public const int Overlap = 150;

    /// <summary>Covers the whole text, in order; one piece if it is short, none if it is empty.</summary>
    public static IReadOnlyList<Piece> Of(string text)
    {
        var pieces = new List<Piece>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.Length - start <= Longest ? text.Length : Cut(text, start);
            pieces.Add(new Piece(start, end - start));
            start = end == text.Length ? end : NextStart(text, end);
        }
        return pieces;
    }

    /// <summary>Behind the last sentence of the piece's second half, else behind its last word, else anywhere.</summary>
    private static int Cut(string text, int start)
    {
        var from = start + Longest / 2;
        var tail = text.AsSpan(from, Longest / 2);
        for (var i = tail.Length - 1; i > 0; i--)
            if (tail[i] == '\n' || (char.IsWhiteSpace(tail[i]) && tail[i - 1] is '.' or '!' or '?' or '…' or '。')) return from + i + 1;
        for (var i = tail.Length - 1; i > 0; i--)
            if (char.IsWhiteSpace(tail[i])) return from + i + 1;
        return TextCut.BetweenCharacters(text, start + Longest);
    }

    /// <summary>At a word's beginning within the overlap, else where the overlap begins.</summary>
    private static int NextStart(string text, int end)
    {
        var from = end - Overlap;
        var overlap = text.AsSpan(from, Overlap - 1);
        for (var i = 0; i < overlap.Length; i++)
            if (char.IsWhiteSpace(overlap[i]) && !char.IsWhiteSpace(text[from + i + 1])) return from + i + 1;
        return TextCut.BetweenCharacters(text, from);
    }
}
