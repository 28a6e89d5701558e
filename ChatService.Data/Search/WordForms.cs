namespace ChatService.Data;

/// <summary>Makes a <see cref="Word"/> of a piece of text: folded, and stemmed both ways. Not thread-safe.</summary>
public sealed class WordForms
{
    /// <summary>Of a longer word only so many UTF-16 units count; PostgreSQL takes no lexeme of 2 KB.</summary>
    public const int Longest = 64;

    /// <summary>Shorter words are their own stems.</summary>
    private const int ShortestToStem = 4;

    private readonly Stems _stems = new();
    private readonly char[] _letters = new char[Longest];
    private readonly char[] _folded = new char[Longest * Folding.MostPerCharacter];

    /// <summary>False if folding leaves nothing, as with a lone mark.</summary>
    public bool TryMake(ReadOnlySpan<char> written, int start, out Word word)
    {
        word = default;
        var letters = _letters.AsSpan(0, Folding.ToFrenchLetters(written, _letters));
        var folded = _folded.AsSpan(0, Folding.Fold(_letters, letters.Length, _folded));
        if (folded.IsEmpty) return false;
        if (CommonWords.Find(letters) is { } common)
        {
            word = new Word(common.Text, common.Term, common.Term, start, written.Length, IsCommon: true);
            return true;
        }
        var text = new string(folded);
        var french = text;
        var english = text;
        if (folded.Length >= ShortestToStem && IsLatin(folded))
        {
            french = Pick(_stems.French(letters), text, text);
            english = Pick(_stems.English(folded), text, french);
        }
        else if (text[0] == '0' && folded.ContainsAnyInRange('a', 'z'))
        {
            french = english = "0" + text;
        }
        word = new Word(text, french, english, start, written.Length, IsCommon: false);
        return true;
    }

    private static bool IsLatin(ReadOnlySpan<char> folded) => !folded.ContainsAnyExceptInRange('a', 'z');

    /// <summary>The stem, or the word where there is none; an equal string is shared rather than made again.</summary>
    private static string Pick(ReadOnlySpan<char> stem, string word, string known) =>
        stem.IsEmpty || stem.SequenceEqual(word) ? word : stem.SequenceEqual(known) ? known : new string(stem);
}
