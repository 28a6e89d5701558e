using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace ChatService.Data;

/// <summary>The embedder cannot be used now, or will not have this text.</summary>
/// <param name="refused">The text is at fault, not the embedder.</param>
internal sealed class EmbedderException(bool refused, Exception? inner) : Exception(refused ? "The text was refused." : "The embedder is out of reach.", inner)
{
    public bool Refused { get; } = refused;
}

/// <summary>
/// Makes vectors, by the configured model or by the one before it: a model is named by what it is (<c>hashing-1</c>, <c>bge-m3</c>,
/// <c>text-embedding-3-large@1024</c>), so that stored vectors tell what can be compared with them.
/// </summary>
public sealed class Embedders : IDisposable
{
    private readonly EmbeddingOptions _options;
    private readonly ProviderHealth _health;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly OpenAIClient? _client;
    private readonly ConcurrentDictionary<string, IEmbeddingGenerator<string, Embedding<float>>> _generators = new();
    private long _pausedUntil;

    public Embedders(IOptions<EmbeddingOptions> options, ProviderHealth health, TimeProvider time)
    {
        (_options, _health, _time) = (options.Value, health, time);
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
        if (_options.Provider == EmbeddingProvider.Hashing)
        {
            Configured = HashingEmbedder.Model;
            return;
        }

        Configured = _options.Dimensions is { } dimensions ? string.Create(CultureInfo.InvariantCulture, $"{_options.ModelId}@{dimensions}") : _options.ModelId;
        _client = new OpenAIClient(
            new ApiKeyCredential(string.IsNullOrEmpty(_options.ApiKey) ? "none" : _options.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = _options.Endpoint,
                Transport = new HttpClientPipelineTransport(_http),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
                // Its own silent retries would outlast our deadlines.
                RetryPolicy = new ClientRetryPolicy(0),
            });
    }

    /// <summary>The model that the configuration wants.</summary>
    public string Configured { get; }

    /// <summary>Whether the model knows meanings, and not only words.</summary>
    public static bool IsByMeaning(string model) => model != HashingEmbedder.Model;

    public float MinimumSimilarityOf(string model) =>
        model == Configured && _options.MinimumSimilarity is { } configured ? configured
        : IsByMeaning(model) ? 0.3f
        : HashingEmbedder.MinimumSimilarity;

    /// <summary>The vector of a search text; null when the model sees nothing in it.</summary>
    /// <exception cref="EmbedderException">There is none to be had now.</exception>
    internal async Task<Half[]?> EmbedQueryAsync(string model, string text, CancellationToken ct)
    {
        if (IsByMeaning(model) && _time.GetUtcNow().Ticks < Volatile.Read(ref _pausedUntil)) throw new EmbedderException(refused: false, null);
        try
        {
            return (await EmbedAsync(model, [text], _options.QueryTimeout, ct))[0];
        }
        catch (EmbedderException fault) when (fault.InnerException is OperationCanceledException)
        {
            Volatile.Write(ref _pausedUntil, (_time.GetUtcNow() + _options.QueryPause).Ticks);
            throw;
        }
    }

    /// <summary>The vectors of any number of texts, of length 1; null for a text in which the model sees nothing.</summary>
    /// <exception cref="EmbedderException">There are none to be had now.</exception>
    internal async Task<IReadOnlyList<Half[]?>> EmbedAllAsync(string model, IReadOnlyList<string> texts, CancellationToken ct)
    {
        var vectors = new List<Half[]?>(texts.Count);
        foreach (var batch in texts.Chunk(_options.BatchSize)) vectors.AddRange(await EmbedAsync(model, batch, _options.BatchTimeout, ct));
        if (IsByMeaning(model)) Volatile.Write(ref _pausedUntil, 0);
        return vectors;
    }

    /// <summary>The vector in the precision in which vectors are stored and compared.</summary>
    public static Half[] ToStored(float[] vector)
    {
        var stored = new Half[vector.Length];
        TensorPrimitives.ConvertToHalf(vector, stored);
        return stored;
    }

    public void Dispose()
    {
        foreach (var generator in _generators.Values) generator.Dispose();
        _http.Dispose();
    }

    private async Task<Half[]?[]> EmbedAsync(string model, string[] texts, TimeSpan timeout, CancellationToken ct)
    {
        if (model == HashingEmbedder.Model) return [.. texts.Select(text => ToUnitLength(HashingEmbedder.Embed(text)))];
        if (_client is null) throw new EmbedderException(refused: false, null);
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var (name, dimensions) = Parse(model);
            var made = await _generators.GetOrAdd(name, GeneratorOf)
                .GenerateAsync(texts, new EmbeddingGenerationOptions { Dimensions = dimensions }, both.Token);
            _health.Note(EmbeddingOptions.Section, isAway: false);
            if (made.Count != texts.Length) throw new EmbedderException(refused: false, null);
            return [.. made.Select(embedding => ToUnitLength(embedding.Vector.ToArray()))];
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw Away(late);
        }
    }

    /// <summary>Asks the provider. Inside of what is told to telemetry, so that no words of the provider's get there: it may quote.</summary>
    private async Task<GeneratedEmbeddings<Embedding<float>>> AskAsync(
        IEnumerable<string> texts, EmbeddingGenerationOptions? options, IEmbeddingGenerator<string, Embedding<float>> provider, CancellationToken ct)
    {
        try
        {
            return await provider.GenerateAsync(texts, options, ct);
        }
        catch (ClientResultException refusal) when (refusal.Status is 400 or 413 or 422)
        {
            throw new EmbedderException(refused: true, refusal);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            throw Away(fault);
        }
    }

    private EmbedderException Away(Exception fault)
    {
        _health.Note(EmbeddingOptions.Section, isAway: true);
        return new EmbedderException(refused: false, fault);
    }

    private IEmbeddingGenerator<string, Embedding<float>> GeneratorOf(string name) =>
        _client!.GetEmbeddingClient(name).AsIEmbeddingGenerator().AsBuilder().UseOpenTelemetry(sourceName: Telemetry.EmbeddingsName).Use(AskAsync).Build();

    private static (string Name, int? Dimensions) Parse(string model) =>
        model.LastIndexOf('@') is > 0 and var at && int.TryParse(model.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions)
            ? (model[..at], dimensions)
            : (model, null);

    private static Half[]? ToUnitLength(float[] vector)
    {
        var length = TensorPrimitives.Norm(vector);
        if (!float.IsFinite(length) || length <= 0) return null;
        TensorPrimitives.Divide(vector, length, vector);
        return ToStored(vector);
    }
}
