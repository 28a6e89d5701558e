using System.Diagnostics.CodeAnalysis;
using Lucene.Net.Analysis.Standard;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Util;

namespace ChatService.Data;

/// <summary>Cuts a text into words with Lucene's tokenizer (Unicode's word boundaries; one word per Han character). Not thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as its thread, and disposing frees nothing: the reader reads a string.")]
public sealed class WordTokenizer
{
    private readonly WordReader _reader = new();
    private readonly WordForms _forms = new();
    private readonly StandardTokenizer _tokenizer;
    private readonly ICharTermAttribute _token;
    private readonly IOffsetAttribute _offset;

    public WordTokenizer()
    {
        // It would leave out a longer word than that; here it counts with its beginning, as any long word.
        _tokenizer = new StandardTokenizer(LuceneVersion.LUCENE_48, _reader) { MaxTokenLength = int.MaxValue };
        _token = _tokenizer.GetAttribute<ICharTermAttribute>();
        _offset = _tokenizer.GetAttribute<IOffsetAttribute>();
        _tokenizer.Dispose();
    }

    /// <summary>Adds the words of a part of a text, with offsets into the whole.</summary>
    public void Read(string text, int start, int length, List<Word> words)
    {
        _reader.Open(text, start, length);
        _tokenizer.SetReader(_reader);
        try
        {
            _tokenizer.Reset();
            while (_tokenizer.IncrementToken())
                AddParts(_token.Buffer.AsSpan(0, _token.Length), start + _offset.StartOffset, words);
        }
        finally
        {
            _tokenizer.Dispose();
        }
    }

    /// <summary>The words between the apostrophes of a token: l'été is été, John's is John, aujourd'hui is two.</summary>
    private void AddParts(ReadOnlySpan<char> token, int start, List<Word> words)
    {
        var atFirst = true;
        while (true)
        {
            var apostrophe = token.IndexOf('\'');
            if (apostrophe < 0) break;
            var part = token[..apostrophe];
            token = token[(apostrophe + 1)..];
            var elided = atFirst && !token.IsEmpty && Elision.IsArticle(part);
            if (!elided) Add(part, start, words);
            if (!elided && Elision.IsEnglishEnding(token)) return;
            atFirst = elided;
            start += apostrophe + 1;
        }
        Add(token, start, words);
    }

    private void Add(ReadOnlySpan<char> written, int start, List<Word> words)
    {
        if (!written.IsEmpty && _forms.TryMake(written, start, out var word)) words.Add(word);
    }
}
