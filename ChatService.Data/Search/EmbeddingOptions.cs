using System.ComponentModel.DataAnnotations;

namespace ChatService.Data;

public enum EmbeddingProvider
{
    /// <summary>Built in: by stems and parts of words, not by meaning.</summary>
    Hashing,

    /// <summary>Any server with OpenAI's <c>/embeddings</c>.</summary>
    OpenAI,
}

/// <summary>By what search compares meanings.</summary>
public sealed class EmbeddingOptions
{
    public const string Section = "Embeddings";

    internal const string Expected = "Embeddings: Provider=openai needs a ModelId, and an http or https Endpoint if it is given.";

    /// <summary><c>hashing</c> (default) or <c>openai</c>, which stands for every compatible server.</summary>
    public EmbeddingProvider Provider { get; set; }

    /// <summary>The base address, such as <c>http://localhost:11434/v1</c>. Default: OpenAI's own.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>What the provider calls the model.</summary>
    public string ModelId { get; set; } = "";

    /// <summary>Local servers need none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Asked of models that can shorten their vectors, 8 to 16,000; the model's own by default.</summary>
    [Range(8, 16_000)]
    public int? Dimensions { get; set; }

    /// <summary>Cosine below which a message is no hit, 0 to 1. Default 0.24 for <c>hashing</c>, 0.3 for others.</summary>
    [Range(0.0, 1.0)]
    public float? MinimumSimilarity { get; set; }

    /// <summary>Texts of one request to the provider, 1 to 2,048. Default 64.</summary>
    [Range(1, 2_048)]
    public int BatchSize { get; set; } = 64;

    /// <summary>For the vector of a search text; after it the search goes by words alone. Default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After a search that waited in vain, the next ones do not wait at all for so long, or until a batch went well. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan QueryPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For the vectors of one batch of messages. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan BatchTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at what waits to be indexed. Default 500 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan Sweep { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait before an unreachable provider is asked again. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan LongestBackOff { get; set; } = TimeSpan.FromSeconds(30);

    internal static bool Check(EmbeddingOptions options) =>
        options.Provider == EmbeddingProvider.Hashing
        || (!string.IsNullOrWhiteSpace(options.ModelId)
            && options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" });
}
