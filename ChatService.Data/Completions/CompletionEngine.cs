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
    private static readonly ChatError _overloaded =
        new(ErrorCode.Overloaded, "Too many answers are being made at once.", RetryAfter: TimeSpan.FromSeconds(2));

    private static readonly ChatError _stopping = new(ErrorCode.ShuttingDown, "The service is stopping.", RetryAfter: TimeSpan.FromSeconds(5));

    /// <summary>What interrupted answers get for their commit when the service stops.</summary>
    private static readonly TimeSpan _toCommit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(0.8);

    /// <summary>In UTF-16 code units. No more is kept of an answer, which then ends with LENGTH.</summary>
    private const int LongestText = 1 << 20;

    private const int StrangeFaults = 10;

    private readonly ConcurrentDictionary<WakeKey, CompletionRun> _runs = new();
    private readonly SemaphoreSlim _slots;
    private readonly CompletionQuota _quota;
    private readonly CompletionSettler _settler;
    private readonly CompletionTextWriter _texts;
    private readonly ModelCaller _caller;
    private readonly Titler _titler;
    private readonly CompletionTelemetry _telemetry;
    private readonly ProviderHealth _health;
    private readonly WakeUps _wakeUps;
    private readonly CompletionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CompletionEngine> _logger;
    private Task _drained = Task.CompletedTask;
    private volatile bool _isStopping;
    private volatile bool _isPatient = true;
    private volatile bool _triesToCommit = true;

    public CompletionEngine(
        ChatDatabase database, WakeUps wakeUps, ModelCatalog models, CompletionQuota quota, CompletionTelemetry telemetry, ProviderHealth health,
        IOptions<CompletionOptions> options, TimeProvider time, ILogger<CompletionEngine> logger)
    {
        _slots = new SemaphoreSlim(options.Value.MaximumRunning);
        _settler = new CompletionSettler(database);
        _texts = new CompletionTextWriter(database, wakeUps, options, time, logger);
        _caller = new ModelCaller(options, time);
        _titler = new Titler(database, models, _caller, telemetry, options);
        (_quota, _wakeUps, _telemetry, _health, _options, _time, _logger) = (quota, wakeUps, telemetry, health, options.Value, time, logger);
    }

    /// <summary>Who holds the leases of what this process makes.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    internal ICollection<CompletionRun> Runs => _runs.Values;

    Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        _texts.Start(() => _runs.Values);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Lets what runs finish for a while; what has not finished then is kept as interrupted, with its text. It begins before the server
    /// waits for its requests, since those wait for what runs.
    /// </summary>
    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken)
    {
        // A host may be stopped twice.
        if (_isStopping) return Task.CompletedTask;
        _isStopping = true;
        _drained = DrainAsync();
        return Task.CompletedTask;
    }

    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        await _drained;
        await _texts.StopAsync();
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _texts.Dispose();
        _slots.Dispose();
    }

    /// <summary>Takes one of the places; to be given back, or handed over with <see cref="Launch"/>.</summary>
    /// <returns>Null if there was one; else OVERLOADED or SHUTTING_DOWN.</returns>
    internal ChatError? TakeSlot()
    {
        if (_isStopping) return _stopping;
        if (_slots.Wait(0)) return null;
        _telemetry.LimitHit();
        return _overloaded;
    }

    internal void GiveSlotBack() => _slots.Release();

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

    /// <summary>Takes all of the places: then nothing runs any more, and nothing is about to.</summary>
    private async Task DrainAsync()
    {
        var taken = await TakeSlotsAsync(0, _options.DrainTimeout);
        _isPatient = false;
        foreach (var run in _runs.Values) run.Stop(StopReason.Interrupted);
        await TakeSlotsAsync(taken, _toCommit);
        _triesToCommit = false;
    }

    private async Task<int> TakeSlotsAsync(int taken, TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within, _time);
        try
        {
            for (; taken < _options.MaximumRunning; taken++) await _slots.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // What still runs is for whoever asked.
        }

        return taken;
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
        using var call = _telemetry.Begin(run);
        Completion? committed = null;
        try
        {
            var ending = await MakeAsync(run, call);
            call.End(ending);
            Note(run.Model, ending);
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
            _slots.Release();
        }
    }

    /// <summary>In the answer's slot: a title is another call to a model.</summary>
    private async Task TitleAsync(Completion? committed, CompletionRun run)
    {
        if (committed is not { Status: CompletionStatus.Completed } || _isStopping) return;
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

    private void Note(ChatModel model, CompletionEnding ending)
    {
        if (ending.Status is CompletionStatus.Completed or CompletionStatus.Failed)
            _health.Note(model.Name, ending.ErrorCode is CompletionErrorCode.ProviderUnavailable or CompletionErrorCode.ProviderTimeout);
    }

    private async Task<CompletionEnding> MakeAsync(CompletionRun run, CompletionTelemetry.Call call)
    {
        var ending = new CompletionEnding();
        try
        {
            await foreach (var piece in _caller.AskAsync(run.Model, run.Prompt.History, run.Row.Temperature, run.Row.MaxOutputTokens, run.Stopped))
            {
                // First: who has seen all of the text can no longer stop it.
                ending.Note(piece);
                if (piece.Text is { } text && run.Append(text))
                {
                    call.Text();
                    _wakeUps.Wake(run.Key);
                }

                if (run.Length < LongestText) continue;
                // A provider that does not keep to its limit.
                ending.Note(new AnswerPiece(null, FinishReason.Length, null, null));
                break;
            }

            return ending with { Status = CompletionStatus.Completed };
        }
        // Whatever a client library makes of a cancelled call.
        catch (Exception) when (run.Stopped.IsCancellationRequested)
        {
            // The answer is whole if its provider has said so; only the count of its tokens was still to come.
            if (ending.FinishReason is not null) return ending with { Status = CompletionStatus.Completed };
            return ending with { Status = run.StopReason == StopReason.Cancelled ? CompletionStatus.Cancelled : CompletionStatus.Interrupted };
        }
        catch (ProviderException fault)
        {
            LogProviderFault(run.Row.Id, fault.Code, (fault.InnerException ?? fault).GetType().Name);
            return ending with { Status = CompletionStatus.Failed, ErrorCode = fault.Code };
        }
        catch (Exception fault)
        {
            LogLost(fault, run.Row.Id);
            return ending with { Status = CompletionStatus.Failed, ErrorCode = CompletionErrorCode.Internal };
        }
    }

    /// <summary>Commits the end, however long the database is away, until the process must go: the answer has been paid for.</summary>
    private async Task<Completion?> CommitAsync(CompletionRun run, CompletionEnding ending)
    {
        for (var (wait, strange) = (TimeSpan.FromMilliseconds(100), 0); ; wait = wait < _longestWait ? wait * 2 : wait)
        {
            if (run.StopReason == StopReason.Abandoned) return null;
            try
            {
                return await _settler.SettleAsync(run.Row, Instance, run.Text, ending, run.Model.Tokens, _titler.TitleOf(run.Prompt), CancellationToken.None);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Completion {Completion}: the provider failed, {Code} ({Fault})")]
    private partial void LogProviderFault(long completion, CompletionErrorCode code, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Completion {Completion}: its end could not be stored yet")]
    private partial void LogCommitLater(Exception fault, long completion);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Conversation {Conversation}: it could not be given a title")]
    private partial void LogUntitled(Exception fault, long conversation);

    [LoggerMessage(Level = LogLevel.Error, Message = "Completion {Completion}: its making failed")]
    private partial void LogLost(Exception fault, long completion);
}
