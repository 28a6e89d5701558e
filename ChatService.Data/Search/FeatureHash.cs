namespace ChatService.Data;

/// <summary>
/// Adds features to a vector at a place, and with a sign, that their hash tells (Weinberger et al., 2009). FNV-1a with a finaliser:
/// unlike string.GetHashCode it is the same in every process.
/// </summary>
public static class FeatureHash
{
    private const int ShortestGram = 3;
    private const int LongestGram = 5;
    private const int MostGrams = 3 * (WordForms.Longest + 2);
    private const uint Offset = 2166136261;
    private const uint Prime = 16777619;
    // So that the term "ete" and the n-gram "ete" are two features.
    private const uint GramOffset = Offset ^ 0x5bd1e995;

    public static void AddTerm(Span<float> vector, ReadOnlySpan<char> term, float weight)
    {
        var hash = Offset;
        foreach (var letter in term) hash = Next(hash, letter);
        Add(vector, hash, weight);
    }

    /// <summary>The n-grams of 3 to 5 characters of a word with its beginning and end marked; together they weigh <paramref name="weight"/>.</summary>
    public static void AddGrams(Span<float> vector, ReadOnlySpan<char> word, float weight)
    {
        Span<char> marked = stackalloc char[word.Length + 2];
        marked[0] = '<';
        word.CopyTo(marked[1..]);
        marked[^1] = '>';
        Span<uint> grams = stackalloc uint[MostGrams];
        var count = 0;
        for (var start = 0; start + ShortestGram <= marked.Length; start++)
        {
            var hash = GramOffset;
            var end = Math.Min(start + LongestGram, marked.Length);
            for (var i = start; i < end; i++)
            {
                hash = Next(hash, marked[i]);
                if (i - start + 1 >= ShortestGram) grams[count++] = hash;
            }
        }
        var share = weight / MathF.Sqrt(count);
        foreach (var gram in grams[..count]) Add(vector, gram, share);
    }

    private static uint Next(uint hash, char letter) => (((hash ^ (letter & 0xFFu)) * Prime) ^ (uint)(letter >> 8)) * Prime;

    private static void Add(Span<float> vector, uint hash, float weight)
    {
        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35;
        hash ^= hash >> 16;
        vector[(int)(hash % (uint)vector.Length)] += (hash & 0x80000000) == 0 ? weight : -weight;
    }
}
