using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Makes the answers. It owns every run of this process: a run outlives the request that asked for it, and nothing but
/// a stop, a deletion or the end of the process cuts it short.
/// </summary>
public sealed partial class CompletionEngine : IHostedLifecycleService, IDisposable
{
    /// <summary>What interrupted answers get for their commit when the service stops.</summary>
    private static readonly TimeSpan _toCommit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(0.8);

    private const int StrangeFaults = 10;

    private readonly ConcurrentDictionary<WakeKey, CompletionRun> _runs = new();
    private readonly CompletionSlots _slots;
    private readonly ModelCatalog _models;
    private readonly CompletionQuota _quota;
    private readonly CompletionSettler _settler;
    private readonly CompletionTextWriter _texts;
    private readonly AnswerMaker _maker;
    private readonly Titler _titler;
    private readonly CompletionTelemetry _telemetry;
    private readonly WakeUps _wakeUps;
    private readonly CompletionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CompletionEngine> _logger;
    private Task _drained = Task.CompletedTask;
    private volatile bool _isPatient = true;
    private volatile bool _triesToCommit = true;

    public CompletionEngine(
        ChatDatabase database, WakeUps wakeUps, ModelCatalog models, CompletionQuota quota, CompletionTelemetry telemetry, ProviderHealth health,
        IOptions<CompletionOptions> options, TimeProvider time, ILogger<CompletionEngine> logger)
    {
        var caller = new ModelCaller(options, time);
        _slots = new CompletionSlots(options, telemetry, time);
        _settler = new CompletionSettler(database);
        _texts = new CompletionTextWriter(database, wakeUps, options, time, logger);
        _maker = new AnswerMaker(caller, health, wakeUps, logger);
        _titler = new Titler(database, models, caller, telemetry, options);
        (_models, _quota, _wakeUps, _telemetry, _options, _time, _logger) = (models, quota, wakeUps, telemetry, options.Value, time, logger);
    }

    /// <summary>Who holds the leases of what this process makes.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    /// <summary>The places: one is to be taken before what is to be made is committed, and given back or handed over with <see cref="Launch"/>.</summary>
    internal CompletionSlots Slots => _slots;

    internal ICollection<CompletionRun> Runs => _runs.Values;

    Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        _texts.Start(() => _runs.Values);
        // Not in the first question's transaction, whose time it would take up.
        _ = Task.Run(() => _models.All.Sum(model => model.Tokens.Count(" ")), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Lets what runs finish for a while; what has not finished then is kept as interrupted, with its text. The server's port stays open
    /// meanwhile, so that who asks hears that the service stops.
    /// </summary>
    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken)
    {
        // A host may be stopped twice.
        if (!_slots.IsStopping)
        {
            _slots.Stop();
            _drained = DrainAsync();
        }

        return _drained;
    }

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => _texts.StopAsync();

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _texts.Dispose();
        _slots.Dispose();
    }

    /// <summary>Begins to make what has been committed as running. It has a slot and a place of its owner's quota, and gives both back.</summary>
    internal void Launch(CompletionRun run)
    {
        _runs[run.Key] = run;
        // It was committed while the service was already stopping.
        if (!_isPatient) run.Stop(StopReason.Interrupted);
        _ = RunAsync(run);
        _wakeUps.Wake(run.Key);
    }

    internal CompletionRun? Find(WakeKey key) => _runs.GetValueOrDefault(key);

    /// <summary>Ends what is made in a conversation that is gone.</summary>
    internal void AbandonConversation(long owner, long conversation) => Abandon(run => run.Row.OwnerId == owner && run.Row.ConversationId == conversation);

    internal void AbandonAll(long owner) => Abandon(run => run.Row.OwnerId == owner);

    private async Task DrainAsync()
    {
        await _slots.TakeAllAsync(_options.DrainTimeout);
        _isPatient = false;
        foreach (var run in _runs.Values) run.Stop(StopReason.Interrupted);
        await _slots.TakeAllAsync(_toCommit);
        _triesToCommit = false;
    }

    private void Abandon(Func<CompletionRun, bool> which)
    {
        foreach (var run in _runs.Values.Where(which)) run.Stop(StopReason.Abandoned);
        // What another instance makes it finds to be gone.
        _wakeUps.WakeAll(WakeKey.Cancelled);
    }

    /// <summary>One answer from its first token to its commit. Nothing escapes: whatever happens ends in a status.</summary>
    private async Task RunAsync(CompletionRun run)
    {
        await Task.Yield();
        // What is read from here on is no part of what the asker is answered.
        TextMeter.Listen(null);
        using var call = _telemetry.Begin(run);
        Completion? committed = null;
        try
        {
            var ending = await _maker.MakeAsync(run, call);
            run.IsMade = true;
            await _texts.SettleAsync();
            committed = await CommitAsync(run, ending);
        }
        catch (Exception fault)
        {
            LogLost(fault, run.Row.Id);
        }
        finally
        {
            _quota.GiveBack(run.Row.OwnerId);
            run.End(committed);
            _runs.TryRemove(KeyValuePair.Create(run.Key, run));
            _wakeUps.WakeAll(run.Key);
            await TitleAsync(committed, run);
            _slots.GiveBack();
        }
    }

    /// <summary>In the answer's slot: a title is another call to a model.</summary>
    private async Task TitleAsync(Completion? committed, CompletionRun run)
    {
        if (committed is not { Status: CompletionStatus.Completed } || _slots.IsStopping) return;
        try
        {
            await _titler.AskAsync(committed, run.Prompt, run.Stopped);
        }
        catch (Exception fault)
        {
            // The next answer is another occasion.
            LogUntitled(fault, run.Row.ConversationId);
        }
    }

    /// <summary>Commits the end, however long the database is away, until the process must go: the answer has been paid for.</summary>
    private async Task<Completion?> CommitAsync(CompletionRun run, CompletionEnding ending)
    {
        var made = MadeAnswer.Of(run, ending, _titler.TitleOf(run.Prompt));
        for (var (wait, strange) = (TimeSpan.FromMilliseconds(100), 0); ; wait = wait < _longestWait ? wait * 2 : wait)
        {
            if (run.StopReason == StopReason.Abandoned) return null;
            try
            {
                return await _settler.SettleAsync(run.Row, Instance, made, CancellationToken.None);
            }
            catch (StorageException fault)
            {
                run.CouldNotStore(fault);
                if (!_triesToCommit) throw;
                LogCommitLater(fault, run.Row.Id);
            }
            // Not known to be the database's absence, so it may be for good.
            catch (Exception fault) when (++strange < StrangeFaults && _triesToCommit)
            {
                LogCommitLater(fault, run.Row.Id);
            }

            await Task.Delay(wait, _time);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Completion {Completion}: its end could not be stored yet")]
    private partial void LogCommitLater(Exception fault, long completion);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Conversation {Conversation}: it could not be given a title")]
    private partial void LogUntitled(Exception fault, long conversation);

    [LoggerMessage(Level = LogLevel.Error, Message = "Completion {Completion}: its making failed")]
    private partial void LogLost(Exception fault, long completion);
}
