using System.Text;

namespace ChatService.Data;

/// <summary>Text in pieces that may be cut anywhere, made into text that every database and every client can read.</summary>
internal static class WellFormedText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// The piece, with the half pair left over from the one before in front of it, and without a half pair at its end, which is left over in turn.
    /// Lone surrogates and NUL become U+FFFD.
    /// </summary>
    public static string Join(ref char? leftOver, string piece)
    {
        if (piece.Length == 0) return piece;
        if (leftOver is null && !char.IsHighSurrogate(piece[^1]) && Input.IsWellFormed(piece)) return piece;
        var sound = new StringBuilder(leftOver is { } half ? half + piece : piece);
        leftOver = null;
        if (char.IsHighSurrogate(sound[^1]))
        {
            leftOver = sound[^1];
            sound.Length--;
        }

        for (var i = 0; i < sound.Length; i++)
        {
            if (i + 1 < sound.Length && char.IsSurrogatePair(sound[i], sound[i + 1])) i++;
            else if (char.IsSurrogate(sound[i]) || sound[i] == '\0') sound[i] = Replacement;
        }

        return sound.ToString();
    }
}
