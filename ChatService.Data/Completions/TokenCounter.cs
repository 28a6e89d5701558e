using Microsoft.ML.Tokenizers;

namespace ChatService.Data;

/// <summary>How many tokens a text takes: counted where the model's vocabulary is at hand, else estimated on the safe side.</summary>
public sealed class TokenCounter
{
    /// <summary>What the chat format itself takes for each message, as OpenAI's cookbook counts it.</summary>
    public const int PerMessage = 4;

    private const double CharactersPerToken = 3.3;

    /// <summary>
    /// The vocabulary's time for one word grows with the square of its length: two minutes for 131,072 characters of emoji. So a text is
    /// counted in parts of that many; where a word is cut in two this comes to a token too many.
    /// </summary>
    private const int PartLength = 128;

    private static readonly string[] _counted = ["gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-4o", "o1", "o3", "o4"];

    /// <summary>Loaded when first needed: the vocabulary is some tens of megabytes.</summary>
    private static readonly Lazy<Tokenizer> _vocabulary = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    private readonly bool _counts;

    public TokenCounter(string modelId) => _counts = _counted.Any(family => modelId.StartsWith(family, StringComparison.OrdinalIgnoreCase));

    public int Count(string text)
    {
        if (!_counts) return (int)Math.Ceiling(text.Length / CharactersPerToken);
        var count = 0;
        for (var start = 0; start < text.Length;)
        {
            var end = EndOfPart(text, start);
            count += _vocabulary.Value.CountTokens(text.AsSpan(start, end - start));
            start = end;
        }

        return count;
    }

    /// <summary>Before the last space if there is one, since a space begins a token; else wherever it is no half of a pair.</summary>
    private static int EndOfPart(string text, int start)
    {
        var most = start + PartLength;
        if (most >= text.Length) return text.Length;
        if (text.LastIndexOf(' ', most, PartLength) is var space && space > start && text[space - 1] != ' ') return space;
        return char.IsLowSurrogate(text[most]) ? most - 1 : most;
    }
}
