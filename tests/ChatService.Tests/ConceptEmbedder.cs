using System.Numerics.Tensors;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>
/// Vectors that know a few meanings: words of one concept point in one direction, every other word in a direction of
/// its own, the same in every run.
/// </summary>
public sealed partial class ConceptEmbedder
{
    public const int Dimensions = 256;
    private const float ConceptWeight = 3;

    private readonly Dictionary<string, string> _concepts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes these words mean the same; give it before anything is embedded.</summary>
    public ConceptEmbedder Same(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            _concepts.Add(word, words[0]);
        return this;
    }

    /// <summary>A vector of length 1.</summary>
    public float[] Embed(string text, int dimensions = Dimensions)
    {
        var sum = new float[dimensions];
        foreach (Match word in Words().Matches(text))
            if (_concepts.TryGetValue(word.Value, out var concept))
                TensorPrimitives.MultiplyAdd(Direction(concept, dimensions), ConceptWeight, sum, sum);
            else
                TensorPrimitives.Add(sum, Direction(word.Value.ToLowerInvariant(), dimensions), sum);
        var length = TensorPrimitives.Norm<float>(sum);
        if (length > 0)
            TensorPrimitives.Divide(sum, length, sum);
        return sum;
    }

    private static float[] Direction(string word, int dimensions)
    {
        // FNV-1a and xorshift: string.GetHashCode differs from run to run.
        var state = Encoding.UTF8.GetBytes(word).Aggregate(14695981039346656037UL, (hash, octet) => (hash ^ octet) * 1099511628211UL);
        var direction = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            direction[i] = (long)state / (float)long.MaxValue;
        }
        return direction;
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Words();
}
