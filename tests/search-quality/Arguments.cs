using System.ClientModel;
using System.Globalization;
using ChatService.Data;
using Microsoft.Extensions.AI;
using OpenAI;

namespace ChatService.SearchQuality;

/// <summary>What to measure: the built-in embedder, or a model behind an OpenAI-compatible endpoint.</summary>
public sealed record Arguments(Uri? Endpoint, string Model, string ApiKey, float MinimumSimilarity, bool Sweep)
{
    public const string Usage = """
        dotnet run --project tests/search-quality -- [--endpoint http://localhost:11434/v1 --model bge-m3] [--api-key KEY]
                                                     [--minimum-similarity 0.3] [--sweep]
        Without an endpoint the built-in embedder is measured. --sweep tries minimum similarities from 0 to 0.7.
        """;

    /// <summary>Null if something is not understood.</summary>
    public static Arguments? Parse(string[] args)
    {
        var sweep = args.Contains("--sweep");
        var pairs = args.Where(arg => arg != "--sweep").Chunk(2).ToList();
        if (pairs.Any(pair => pair.Length < 2)) return null;
        var values = pairs.GroupBy(pair => pair[0]).ToDictionary(group => group.Key, group => group.Last()[1]);
        if (values.Keys.Except(["--endpoint", "--model", "--api-key", "--minimum-similarity"]).Any()) return null;
        if (values.ContainsKey("--endpoint") != values.ContainsKey("--model")) return null;
        Uri? endpoint = null;
        if (values.TryGetValue("--endpoint", out var address) && !Uri.TryCreate(address, UriKind.Absolute, out endpoint)) return null;
        var least = endpoint is null ? HashingEmbedder.MinimumSimilarity : 0.3f;
        if (values.TryGetValue("--minimum-similarity", out var given)
            && !float.TryParse(given, CultureInfo.InvariantCulture, out least)) return null;
        return new Arguments(
            endpoint, values.GetValueOrDefault("--model", HashingEmbedder.Model), values.GetValueOrDefault("--api-key", "none"), least, sweep);
    }

    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbedder() =>
        Endpoint is null
            ? new HashingEmbedder()
            : new OpenAIClient(new ApiKeyCredential(ApiKey), new OpenAIClientOptions { Endpoint = Endpoint })
                .GetEmbeddingClient(Model).AsIEmbeddingGenerator();
}
