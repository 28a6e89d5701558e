using System.Globalization;
using System.Text;

namespace ChatService.Data;

/// <summary>
/// Gives a text to the tokenizer with a space for everything that is no part of a word, length kept, so that offsets hold.
/// Lucene's scanner takes quadratic time over some punctuation (48 s for 131,072 underscores); it never sees any.
/// </summary>
public sealed class WordReader : TextReader
{
    private string _text = "";
    private int _position;
    private int _end;

    /// <summary>Starts anew over a part of a text; a reader is used again and again.</summary>
    public void Open(string text, int start, int length)
    {
        _text = text;
        _position = start;
        _end = start + length;
    }

    public override int Read(char[] buffer, int index, int count)
    {
        var length = Math.Min(count, _end - _position);
        var target = buffer.AsSpan(index, length);
        _text.AsSpan(_position, length).CopyTo(target);
        for (var i = 0; i < length; i++)
            if (!char.IsAsciiLetterOrDigit(target[i])) target[i] = Clean(_position + i);
        _position += length;
        return length;
    }

    private char Clean(int at)
    {
        var letter = _text[at];
        if (letter is '\'' or '\u2019' or '\u2018' or '\u02BC' or '\uFF07') return '\'';
        if (letter < 0x80) return ' ';
        var category = char.IsSurrogate(letter) ? CategoryOfPair(at) : char.GetUnicodeCategory(letter);
        return category switch
        {
            UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => letter,
            UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.DecimalDigitNumber => letter,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format => letter,
            _ => ' ',
        };
    }

    private UnicodeCategory CategoryOfPair(int at)
    {
        var first = char.IsLowSurrogate(_text[at]) ? at - 1 : at;
        return first >= 0 && Rune.TryGetRuneAt(_text, first, out var rune) ? Rune.GetUnicodeCategory(rune) : UnicodeCategory.Surrogate;
    }
}
