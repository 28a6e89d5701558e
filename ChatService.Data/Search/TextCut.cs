using System.Globalization;

namespace ChatService.Data;

/// <summary>Places where a text can be cut.</summary>
public static class TextCut
{
    private const int MostMarks = 32;

    /// <summary>The last place at or before one that is not inside a surrogate pair, nor (but for endless ones) before a combining mark.</summary>
    public static int BetweenCharacters(string text, int at)
    {
        var place = at;
        while (place > 0 && place < text.Length && at - place < MostMarks && IsInside(text, place)) place--;
        if (place > 0 && place < text.Length && IsInside(text, place)) place = at;
        return place > 0 && place < text.Length && char.IsSurrogatePair(text[place - 1], text[place]) ? place - 1 : place;
    }

    private static bool IsInside(string text, int at) =>
        char.IsSurrogatePair(text[at - 1], text[at])
        || CharUnicodeInfo.GetUnicodeCategory(text[at]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        || text[at] == '\u200D' || text[at - 1] == '\u200D';
}
