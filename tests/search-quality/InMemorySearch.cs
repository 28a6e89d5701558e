using System.Numerics.Tensors;
using ChatService.Data;
using Microsoft.Extensions.AI;

namespace ChatService.SearchQuality;

/// <summary>The three modes over the quality set, made of the parts that the service searches with.</summary>
public sealed class InMemorySearch
{
    private readonly IReadOnlyList<(long Id, string Terms, float[][] Vectors)> _messages;
    private readonly IReadOnlyDictionary<string, float[]> _queries;
    private readonly float _minimumSimilarity;

    private InMemorySearch(
        IReadOnlyList<(long, string, float[][])> messages, IReadOnlyDictionary<string, float[]> queries, float minimumSimilarity)
    {
        _messages = messages;
        _queries = queries;
        _minimumSimilarity = minimumSimilarity;
    }

    public static async Task<InMemorySearch> CreateAsync(
        QualitySet set, IEmbeddingGenerator<string, Embedding<float>> embedder, float minimumSimilarity)
    {
        var messages = new List<(long, string, float[][])>();
        foreach (var batch in set.Messages.Chunk(64))
        {
            var pieces = batch.SelectMany(message =>
                Pieces.Of(message.Content).Select(piece => (message.Id, Text: message.Content.Substring(piece.Start, piece.Length)))).ToList();
            var vectors = await embedder.GenerateAsync(pieces.Select(piece => piece.Text));
            var byMessage = pieces.Zip(vectors).ToLookup(pair => pair.First.Id, pair => Unit(pair.Second));
            messages.AddRange(batch.Select(message => (message.Id, Analyzer.ForIndex(message.Content), byMessage[message.Id].ToArray())));
        }
        var texts = set.Questions.Select(question => question.Query).Distinct().ToList();
        var queries = texts.Zip(await embedder.GenerateAsync(texts)).ToDictionary(pair => pair.First, pair => Unit(pair.Second));
        return new InMemorySearch(messages, queries, minimumSimilarity);
    }

    /// <summary>The same vectors with another threshold.</summary>
    public InMemorySearch WithMinimumSimilarity(float minimumSimilarity) => new(_messages, _queries, minimumSimilarity);

    public Task<IReadOnlyList<long>> SemanticAsync(string query) => Task.FromResult(Semantic(query));

    public Task<IReadOnlyList<long>> KeywordAsync(string query) => Task.FromResult(Keyword(query));

    public Task<IReadOnlyList<long>> HybridAsync(string query) => Task.FromResult<IReadOnlyList<long>>(
        [.. RankFusion.Fuse(Semantic(query), Keyword(query)).Select(hit => hit.MessageId)]);

    private IReadOnlyList<long> Semantic(string query)
    {
        var asked = _queries[query];
        return Best(message => message.Vectors.Max(vector => TensorPrimitives.Dot(asked, vector)), _minimumSimilarity);
    }

    private IReadOnlyList<long> Keyword(string query)
    {
        var asked = QuerySyntax.Parse(query);
        if (asked.IsEmpty) return [];
        var score = new KeywordScore(asked);
        return Best(message => score.Of(message.Terms), double.Epsilon);
    }

    private IReadOnlyList<long> Best(Func<(long Id, string Terms, float[][] Vectors), double> score, double least) =>
    [
        .. _messages.Select(message => (message.Id, Score: score(message)))
            .Where(hit => hit.Score >= least)
            .OrderByDescending(hit => hit.Score).ThenByDescending(hit => hit.Id)
            .Select(hit => hit.Id),
    ];

    private static float[] Unit(Embedding<float> embedding)
    {
        var vector = embedding.Vector.ToArray();
        var length = TensorPrimitives.Norm(vector);
        if (length > 0) TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }
}
