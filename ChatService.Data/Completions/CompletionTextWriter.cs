using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Stores the texts that grow, all of them together and a few times a second, so that a killed process has lost no more than what came
/// since. A text that cannot be stored now is stored with the next one: the answer does not wait for the database.
/// </summary>
internal sealed partial class CompletionTextWriter(
    ChatDatabase database, WakeUps wakeUps, IOptions<CompletionOptions> options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1);
    // Not disposed: it holds no timer, and a host may be stopped twice.
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start(Func<IEnumerable<CompletionRun>> runs) => _loop = FlushForEverAsync(runs);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    /// <summary>Waits until no piece is on its way to the database any more: a run that has ended writes none after that.</summary>
    public async Task SettleAsync()
    {
        await _writing.WaitAsync();
        _writing.Release();
    }

    public void Dispose() => _writing.Dispose();

    private async Task FlushForEverAsync(Func<IEnumerable<CompletionRun>> runs)
    {
        using var timer = new PeriodicTimer(options.Value.FlushInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) await FlushAsync(runs());
        }
        catch (OperationCanceledException)
        {
            // The end of the process.
        }
    }

    private async Task FlushAsync(IEnumerable<CompletionRun> runs)
    {
        await _writing.WaitAsync(_stop.Token);
        try
        {
            var pieces = runs.Where(run => !run.IsMade).Select(run => (Run: run, Piece: run.Unflushed())).Where(p => p.Piece is not null).ToList();
            if (pieces.Count == 0) return;
            try
            {
                await StoreAsync([.. pieces.Select(p => p.Piece!)]);
                foreach (var (run, piece) in pieces)
                {
                    run.Flushed(piece!.Offset + piece.Content.Length);
                    wakeUps.WakeAll(run.Key);
                }
            }
            catch (DbUpdateException)
            {
                // One of them is gone, with its conversation; the others must not suffer for it.
                foreach (var (run, piece) in pieces) await StoreAloneAsync(run, piece!);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogNotStored(fault);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task StoreAloneAsync(CompletionRun run, CompletionText piece)
    {
        try
        {
            await StoreAsync([piece]);
            run.Flushed(piece.Offset + piece.Content.Length);
        }
        catch (DbUpdateException)
        {
            // The row is gone, or this offset was stored by an attempt of which we never heard.
            if (await FindEndAsync(run.Row) is { } end) run.Flushed(end);
            else run.Stop(StopReason.Abandoned);
        }
    }

    /// <summary>Where the stored text ends; null when the completion is gone.</summary>
    private async Task<int?> FindEndAsync(Completion row)
    {
        var found = await database.ReadAsync(
            (db, token) => db.Completions.Where(c => c.OwnerId == row.OwnerId && c.Id == row.Id)
                .Select(c => new
                {
                    Last = db.CompletionTexts.Where(t => t.OwnerId == c.OwnerId && t.CompletionId == c.Id).OrderByDescending(t => t.Offset).FirstOrDefault(),
                })
                .SingleOrDefaultAsync(token),
            _stop.Token);
        return found is null ? null : found.Last is { } last ? last.Offset + last.Content.Length : 0;
    }

    private Task<int> StoreAsync(IReadOnlyList<CompletionText> pieces) => database.WriteAsync(
        (db, token) =>
        {
            db.CompletionTexts.AddRange(pieces);
            return db.SaveChangesAsync(token);
        },
        _stop.Token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The texts being made could not be stored yet")]
    private partial void LogNotStored(Exception fault);
}
