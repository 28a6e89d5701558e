using System.Text;

namespace ChatService.Data;

/// <summary>
/// Finds the words of messages and search texts, the same for every database, for highlights and for the built-in embedder.
/// Two words meet when their French or their English stems are equal: payée and payer, running and run. Thread-safe.
/// </summary>
public static class Analyzer
{
    /// <summary>Stands between the French and the English terms of a text, so that no phrase reaches from one into the other.</summary>
    /// <remarks>No word has this term: a typed word of a zero and letters is written with a further zero.</remarks>
    public const string Separator = "0x";

    [ThreadStatic]
    private static WordTokenizer? _tokenizer;

    /// <summary>The words of a text in its order; their index is their position.</summary>
    public static List<Word> Words(string text) => Words(text, 0, text.Length);

    /// <summary>The words of a part of a text, with offsets into the whole.</summary>
    public static List<Word> Words(string text, int start, int length)
    {
        var words = new List<Word>(length / 6 + 1);
        (_tokenizer ??= new WordTokenizer()).Read(text, start, length, words);
        return words;
    }

    /// <summary>
    /// What the databases index: the French terms of all words with a space between, and, if they differ, the separator and the
    /// English terms. Terms hold letters and digits only, so a full-text table or array takes them as they are.
    /// </summary>
    public static string ForIndex(string text) => ForIndex(Words(text));

    /// <inheritdoc cref="ForIndex(string)"/>
    public static string ForIndex(IReadOnlyList<Word> words)
    {
        var terms = new StringBuilder(words.Count * 14);
        var differ = false;
        foreach (var word in words)
        {
            Append(terms, word.French);
            differ |= word.French != word.English;
        }
        if (!differ) return terms.ToString();
        Append(terms, Separator);
        foreach (var word in words) Append(terms, word.English);
        return terms.ToString();
    }

    private static void Append(StringBuilder terms, string term)
    {
        if (terms.Length > 0) terms.Append(' ');
        terms.Append(term);
    }
}
