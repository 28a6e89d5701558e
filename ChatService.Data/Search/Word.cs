namespace ChatService.Data;

/// <summary>One word of a text, in the forms by which it is found.</summary>
/// <param name="Text">Lower case, accents folded, otherwise as written.</param>
/// <param name="French">The indexed term: the folded French stem; <see cref="CommonWords"/> have a term of their own.</param>
/// <param name="English">The indexed term: the English stem, often the same string as <paramref name="French"/>.</param>
/// <param name="Start">Where it begins in the text, in UTF-16 code units, an elided article left out.</param>
/// <param name="Length">In UTF-16 code units of the text, so marks that folding drops count.</param>
/// <param name="IsCommon">One of the <see cref="CommonWords"/>.</param>
public readonly record struct Word(string Text, string French, string English, int Start, int Length, bool IsCommon)
{
    public int End => Start + Length;
}
