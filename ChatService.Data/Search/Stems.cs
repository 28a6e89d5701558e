using Lucene.Net.Tartarus.Snowball;
using Lucene.Net.Tartarus.Snowball.Ext;

namespace ChatService.Data;

/// <summary>Snowball's French and English stemmers with what they miss in chat. Not thread-safe.</summary>
public sealed class Stems
{
    /// <summary>Below this a stem means too much: été would be et, rues ru.</summary>
    private const int Shortest = 3;

    private readonly FrenchStemmer _french = new();
    private readonly EnglishStemmer _english = new();
    private readonly char[] _letters = new char[WordForms.Longest + 1];
    private readonly char[] _folded = new char[(WordForms.Longest + 1) * Folding.MostPerCharacter];

    /// <summary>The folded French stem of a word whose accents are kept; empty where it would be too short.</summary>
    public ReadOnlySpan<char> French(ReadOnlySpan<char> word)
    {
        word.CopyTo(_letters);
        // Typed without accents, payee is payée; the stemmer takes it for an English word.
        if (word.EndsWith("ee") && word.Length > Shortest + 1) _letters[word.Length - 2] = 'é';
        else if (word.EndsWith("ees") && word.Length > Shortest + 2) _letters[word.Length - 3] = 'é';
        var length = Run(_french, word.Length);
        length = Folding.Fold(_french.CurrentBuffer, length, _folded);
        // The plurals jeux, genoux; heureuse has become heureux and follows.
        if (length > Shortest && _folded.AsSpan(0, length) is [.., 'e' or 'o', 'u', 'x']) length--;
        // paye is stemmed to pay, but payer and payée to pai.
        if (length > 0 && _folded[length - 1] == 'y') _folded[length - 1] = 'i';
        return length < Shortest ? [] : _folded.AsSpan(0, length);
    }

    /// <summary>The English stem of a folded word; empty where it would be too short.</summary>
    public ReadOnlySpan<char> English(ReadOnlySpan<char> word)
    {
        word.CopyTo(_letters);
        var length = Run(_english, word.Length);
        return length < Shortest ? [] : _english.CurrentBuffer.AsSpan(0, length);
    }

    private int Run(SnowballProgram stemmer, int length)
    {
        // The stemmer works in the array that it is given, and may put a larger one in its place.
        stemmer.SetCurrent(_letters, length);
        stemmer.Stem();
        return stemmer.CurrentBufferLength;
    }
}
