using System.Globalization;
using System.Text;
using Lucene.Net.Analysis.Miscellaneous;

namespace ChatService.Data;

/// <summary>Lower case and folded accents, by Lucene's table: the result does not hang on the ICU data of the machine.</summary>
public static class Folding
{
    /// <summary>Lucene's table turns one character into at most this many.</summary>
    public const int MostPerCharacter = 4;

    private const string FrenchAccents = "àâäçèéêëîïôöùûüÿ";

    /// <summary>The plain form of a word, for the few that are not read from a text.</summary>
    public static string Fold(string word)
    {
        var buffer = new char[word.Length * MostPerCharacter];
        return new string(buffer, 0, Fold(word.ToCharArray(), word.Length, buffer));
    }

    /// <summary>Folds letters that are already in lower case; returns the length written.</summary>
    public static int Fold(char[] letters, int length, char[] output) =>
        KeepLettersAndDigits(output, 0, ASCIIFoldingFilter.FoldToASCII(letters, 0, output, 0, length));

    /// <summary>
    /// Lower case; combining marks composed or dropped, so that a decomposed é meets a composed one; everything folded but the
    /// accents that the French stemmer reads. Returns the length written, at most what <paramref name="output"/> holds.
    /// </summary>
    public static int ToFrenchLetters(ReadOnlySpan<char> word, char[] output)
    {
        var length = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if (length + MostPerCharacter > output.Length) break;
            var lower = Rune.ToLowerInvariant(rune);
            if (!lower.IsBmp) length += lower.EncodeToUtf16(output.AsSpan(length));
            else if (lower.Value < 0x80) output[length++] = (char)lower.Value;
            else if (IsMark(lower)) length = Compose(output, length, (char)lower.Value);
            else if (FrenchAccents.Contains((char)lower.Value)) output[length++] = (char)lower.Value;
            else length = FoldAt(output, length, (char)lower.Value);
        }
        return length;
    }

    /// <summary>Latin accents, the points of Hebrew and Arabic, and invisible formatting; the vowel signs of other scripts stay.</summary>
    private static bool IsMark(Rune rune) => rune.Value is
        (>= 0x0300 and <= 0x036F) or (>= 0x0591 and <= 0x05C7) or 0x0640 or (>= 0x064B and <= 0x065F) or 0x0670 or (>= 0xFE00 and <= 0xFE0F)
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static int FoldAt(char[] letters, int length, char letter)
    {
        letters[length] = letter;
        return KeepLettersAndDigits(letters, length, ASCIIFoldingFilter.FoldToASCII(letters, length, letters, length, 1));
    }

    private static int Compose(char[] letters, int length, char mark)
    {
        if (length > 0) letters[length - 1] = Composed(letters[length - 1], mark);
        return length;
    }

    /// <summary>The letter with the mark, where the French stemmer reads it or Lucene's table does not fold it; else without.</summary>
    private static char Composed(char letter, char mark) => mark switch
    {
        '\u0300' => Pick(letter, "aeu", "àèù"),
        '\u0301' => Pick(letter, "eαεηιουω", "éάέήίόύώ"),
        '\u0302' => Pick(letter, "aeiou", "âêîôû"),
        '\u0306' => Pick(letter, "иу", "йў"),
        '\u0308' => Pick(letter, "aeiouyеі", "äëïöüÿёї"),
        '\u0327' => Pick(letter, "c", "ç"),
        _ => letter,
    };

    private static char Pick(char letter, string plain, string composed) =>
        plain.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var at ? composed[at] : letter;

    /// <summary>Lucene's table has capitals and brackets among its results (Ⓐ, ⒜), which are neither stemmed nor safe in a query.</summary>
    private static int KeepLettersAndDigits(char[] folded, int start, int end)
    {
        var kept = start;
        foreach (var letter in folded.AsSpan(start, end - start))
        {
            if (char.IsAsciiLetterOrDigit(letter)) folded[kept++] = char.ToLowerInvariant(letter);
            else if (letter >= 0x80) folded[kept++] = letter;
        }
        return kept;
    }
}
