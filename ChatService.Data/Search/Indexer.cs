using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Gives messages their vectors, soon after they are written, and moves the service to another model when the configuration names one.
/// What it has to do is in the tables, so it goes on after any interruption; while the embedder is away, it asks now and then.
/// </summary>
public sealed partial class Indexer : BackgroundService
{
    private readonly EmbeddingQueue _queue;
    private readonly SearchModelWalk _walk;
    private readonly IndexTelemetry _telemetry;
    private readonly Embedders _embedders;
    private readonly SearchModels _models;
    private readonly Clock _clock;
    private readonly EmbeddingOptions _options;
    private readonly bool _isAlone;
    private readonly ILogger<Indexer> _logger;
    private bool _begun;

    public Indexer(
        ChatDatabase database, IMessageIndex index, IndexTelemetry telemetry, Embedders embedders, SearchModels models, Clock clock,
        IOptions<EmbeddingOptions> options, IOptions<DatabaseOptions> databaseOptions, ILogger<Indexer> logger)
    {
        (_telemetry, _embedders, _models, _clock, _options, _logger) = (telemetry, embedders, models, clock, options.Value, logger);
        // Two models at most, some pieces for each message, and the time to store them.
        _queue = new EmbeddingQueue(database, index, clock, (4 * _options.BatchTimeout) + TimeSpan.FromSeconds(10));
        _walk = new SearchModelWalk(database, clock);
        _isAlone = databaseOptions.Value.Provider == DatabaseProvider.Sqlite;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WorkAsync(stoppingToken).EndedBy(stoppingToken);

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var backOff = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            var more = false;
            try
            {
                more = await TurnAsync(stoppingToken);
                await _telemetry.RefreshAsync(_queue, stoppingToken);
                backOff = TimeSpan.Zero;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (backOff == TimeSpan.Zero) LogLater(fault);
                backOff = TimeSpan.FromTicks(Math.Clamp(2 * backOff.Ticks, _options.Sweep.Ticks, Math.Max(_options.LongestBackOff.Ticks, _options.Sweep.Ticks)));
            }

            if (!more) await Task.Delay(backOff > TimeSpan.Zero ? backOff : _options.Sweep, _clock.Time, stoppingToken);
        }
    }

    /// <returns>Whether there is more to do at once.</returns>
    private async Task<bool> TurnAsync(CancellationToken ct)
    {
        if (!_begun)
        {
            await _walk.BeginAsync(_embedders.Configured, ct);
            // One process owns the file: what is claimed there was claimed by one that is gone.
            if (_isAlone) await _queue.ReleaseAsync(all: true, ct);
            _begun = true;
        }

        bool isMore;
        try
        {
            (var claimed, isMore) = await _queue.ClaimAsync(ct);
            if (claimed.Count > 0) await IndexAsync(claimed, ct);
        }
        catch
        {
            // Also what was claimed although nobody was told.
            await _queue.ReleaseAsync(all: false, CancellationToken.None);
            throw;
        }

        return isMore || await _walk.StepAsync(ct);
    }

    private async Task IndexAsync(List<QueuedMessage> messages, CancellationToken ct)
    {
        var (serving, building) = await _models.FindAsync(ct);
        try
        {
            await IndexAsync(messages, serving, building, ct);
        }
        catch (EmbedderException fault) when (fault.Refused)
        {
            // One of them is at fault, and the provider does not tell which.
            foreach (var message in messages) await IndexAloneAsync(message, serving, building, ct);
        }
    }

    private async Task IndexAloneAsync(QueuedMessage message, string serving, string? building, CancellationToken ct)
    {
        try
        {
            await IndexAsync([message], serving, building, ct);
        }
        catch (EmbedderException fault) when (fault.Refused)
        {
            LogRefused(message.Key.MessageId);
            await _queue.RefuseAsync(message.Key, ct);
        }
    }

    private async Task IndexAsync(List<QueuedMessage> messages, string serving, string? building, CancellationToken ct)
    {
        var embeddings = await EmbedAsync(messages, building ?? serving, ct);
        if (building is not null) embeddings.AddRange(await TryEmbedAsync([.. messages.Where(m => !m.Rebuild)], serving, ct));
        await _queue.StoreAsync([.. messages.Select(m => m.Key)], embeddings, serving, building, ct);
    }

    /// <summary>The model that is on its way out may be gone already.</summary>
    private async Task<List<MessageEmbedding>> TryEmbedAsync(List<QueuedMessage> messages, string model, CancellationToken ct)
    {
        try
        {
            return await EmbedAsync(messages, model, ct);
        }
        catch (EmbedderException)
        {
            return [];
        }
    }

    private async Task<List<MessageEmbedding>> EmbedAsync(List<QueuedMessage> messages, string model, CancellationToken ct)
    {
        var pieces = messages.SelectMany(message => Pieces.Of(message.Content).Select((piece, number) => (message, piece, number))).ToList();
        var vectors = await _embedders.EmbedAllAsync(model, pieces.ConvertAll(p => p.message.Content.Substring(p.piece.Start, p.piece.Length)), ct);
        var embeddings = new List<MessageEmbedding>(pieces.Count);
        foreach (var ((message, piece, number), vector) in pieces.Zip(vectors))
        {
            if (vector is null) continue;
            embeddings.Add(new MessageEmbedding
            {
                OwnerId = message.Key.OwnerId,
                MessageId = message.Key.MessageId,
                Model = model,
                Piece = number,
                Start = piece.Start,
                Length = piece.Length,
                Vector = vector,
                ConversationId = message.ConversationId,
                Role = message.Role,
                CreatedAt = message.CreatedAt,
            });
        }

        return embeddings;
    }

    /// <summary>What a provider says may repeat the texts that it was sent: its kind is enough.</summary>
    private void LogLater(Exception fault)
    {
        if (fault is EmbedderException) LogNoEmbedder((fault.InnerException ?? fault).GetType().Name);
        else LogStopped(fault);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedder is out of reach ({Fault}): new messages are found by words alone until it is back")]
    private partial void LogNoEmbedder(string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages cannot be indexed now; they wait")]
    private partial void LogStopped(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Message}: the embedder refused its text")]
    private partial void LogRefused(long message);
}
