using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace ChatService.Data;

/// <summary>
/// The built-in embedder: stems and character n-grams hashed with signs into 512 dimensions. It needs nothing and finds other forms
/// of a word and misspellings, but it is lexical: umbrella and parapluie are strangers to it. The same text has the same vector on
/// every machine, but for rounding. Thread-safe.
/// </summary>
public sealed class HashingEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Changes whenever vectors would, so that stored ones are made anew.</summary>
    public const string Model = "hashing-1";

    public const int Dimensions = 512;

    /// <summary>
    /// Below it hits are mostly chance. By tests/search-quality a question without an answer has 0.1 hits on average, at 0.2 it has 0.7,
    /// for 0.02 of nDCG@10.
    /// </summary>
    public const float MinimumSimilarity = 0.24f;

    private const float CommonWeight = 0.1f;

    private static readonly EmbeddingGeneratorMetadata _metadata = new("hashing", defaultModelId: Model, defaultModelDimensions: Dimensions);

    /// <summary>Of length 1, or all zeros for a text without words.</summary>
    public static float[] Embed(string text) => Embed(Analyzer.Words(text));

    /// <inheritdoc cref="Embed(string)"/>
    public static float[] Embed(IReadOnlyList<Word> words)
    {
        var vector = new float[Dimensions];
        var counts = new Dictionary<string, (Word Word, int Count)>(words.Count);
        foreach (var word in words)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, word.IsCommon ? word.French : word.Text, out _);
            entry = (word, entry.Count + 1);
        }
        // In the order of their first occurrence: sums of floats depend on it.
        foreach (var (word, count) in counts.Values) Add(vector, word, (1 + MathF.Log(count)) * (word.IsCommon ? CommonWeight : 1));
        var length = TensorPrimitives.Norm(vector);
        if (length > 0) TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(text)) { ModelId = Model });
        }
        return Task.FromResult(embeddings);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() { }

    private static void Add(float[] vector, Word word, float weight)
    {
        if (word.French == word.English)
        {
            FeatureHash.AddTerm(vector, word.French, weight);
        }
        else
        {
            FeatureHash.AddTerm(vector, word.French, weight / MathF.Sqrt(2));
            FeatureHash.AddTerm(vector, word.English, weight / MathF.Sqrt(2));
        }
        FeatureHash.AddGrams(vector, word.Text, weight);
    }
}
