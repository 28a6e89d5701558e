using Microsoft.ML.Tokenizers;

namespace ChatService.Data;

/// <summary>How many tokens a text takes: counted where the model's vocabulary is at hand, else estimated on the safe side.</summary>
public sealed class TokenCounter
{
    /// <summary>What the chat format itself takes for each message, as OpenAI's cookbook counts it.</summary>
    public const int PerMessage = 4;

    private const double CharactersPerToken = 3.3;
    private static readonly string[] _counted = ["gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-4o", "o1", "o3", "o4"];

    /// <summary>Loaded when first needed: the vocabulary is some tens of megabytes.</summary>
    private static readonly Lazy<Tokenizer> _vocabulary = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    private readonly bool _counts;

    public TokenCounter(string modelId) => _counts = _counted.Any(family => modelId.StartsWith(family, StringComparison.OrdinalIgnoreCase));

    public int Count(string text) => _counts ? _vocabulary.Value.CountTokens(text) : (int)Math.Ceiling(text.Length / CharactersPerToken);
}
