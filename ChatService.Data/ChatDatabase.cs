using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// The one door to the tables. Every unit of work gets a context of its own, a deadline and, where the connection failed, another try;
/// so it may run more than once and must do the same each time.
/// </summary>
public sealed class ChatDatabase(IDbContextFactory<ChatDbContext> contexts, IOptions<DatabaseOptions> options, WakeUps wakeUps, Clock clock)
{
    private const int Turns = 1024;

    /// <summary>Which of an owner's units may write: they wait for the same row anyway, and waiting here costs no connection and no thread.</summary>
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(1))];

    /// <summary>All of SQLite's units wait for the same file, one of each owner at a time, so that who writes much delays others little.</summary>
    private readonly SemaphoreSlim? _file = options.Value.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(1) : null;

    /// <summary>
    /// One for each connection of PostgreSQL's pool, so that whoever finds none free is told that, and not, as the deadline runs out at the same
    /// time, that the database is away. SQLite's calls keep a thread each, of which there must be some for everything else.
    /// </summary>
    private readonly SemaphoreSlim? _places = options.Value.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(SqliteSettings.AtOnce)
        : PostgresSettings.PoolSize(options.Value) is { } size ? new SemaphoreSlim(size) : null;

    /// <summary>Reads, without tracking what is read.</summary>
    /// <exception cref="StorageException">The database failed.</exception>
    public Task<T> ReadAsync<T>(Func<ChatDbContext, CancellationToken, Task<T>> read, CancellationToken ct) => RunAsync(read, ct);

    /// <summary>Writes what needs no more than one statement, or what belongs to no owner.</summary>
    /// <exception cref="StorageException">The database failed.</exception>
    public Task<T> WriteAsync<T>(Func<ChatDbContext, CancellationToken, Task<T>> write, CancellationToken ct) =>
        InFileAsync(() => RunAsync(write, ct), ct);

    /// <summary>
    /// Changes what an owner has, and tells it in the owner's feed, in one transaction under the lock on the owner's row.
    /// Whatever the work returns as an error undoes it. Readers are woken after the commit.
    /// </summary>
    /// <returns>What the work returned; NOT_FOUND when there is no such owner.</returns>
    /// <exception cref="StorageException">The database failed.</exception>
    public async Task<Result<T>> ChangeAsync<T>(long owner, Func<OwnerWork, CancellationToken, Task<Result<T>>> work, CancellationToken ct)
    {
        var woken = false;
        var result = await InTurnAsync(
            owner,
            () => RunAsync<Result<T>>(
                async (db, token) =>
                {
                    db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.TrackAll;
                    await using var transaction = await db.Database.BeginTransactionAsync(token);
                    if (await db.LockOwnerAsync(owner, token) is not { } locked) return ChatError.NotFound;
                    var unit = new OwnerWork(db, locked.User, clock.Now);
                    var result = await work(unit, token);
                    if (result.Failed) return result;
                    woken = unit.NumberChanges();
                    await db.SaveChangesAsync(token);
                    await CommitAsync(transaction, locked.Transaction);
                    return result;
                },
                ct),
            ct);
        if (woken && !result.Failed) wakeUps.WakeAll(WakeKey.Feed(owner));
        return result;
    }

    /// <summary>Not with the caller's token: whether a commit arrives must not depend on who is still listening.</summary>
    private async Task CommitAsync(IDbContextTransaction transaction, ulong? number)
    {
        using var deadline = new CancellationTokenSource(options.Value.Deadline);
        try
        {
            await transaction.CommitAsync(deadline.Token);
        }
        // Whatever it is: a server that is being stopped may say so after it has committed.
        catch (Exception lost) when (number is not null)
        {
            if (!await HasCommittedAsync(number.Value, lost)) throw;
        }
    }

    /// <summary>The connection is gone and the commit's answer with it: another connection asks what became of the transaction.</summary>
    private async Task<bool> HasCommittedAsync(ulong transaction, Exception lost)
    {
        using var deadline = new CancellationTokenSource(options.Value.Deadline);
        await using var db = await contexts.CreateDbContextAsync(deadline.Token);
        try
        {
            while (true)
            {
                var committed = await db.Database.CreateExecutionStrategy().ExecuteAsync(
                    (db, transaction), static (state, token) => state.db.HasCommittedAsync(state.transaction, token), deadline.Token);
                if (committed is not null) return committed.Value;
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock.Time, deadline.Token);
            }
        }
        catch (Exception unknown) when (unknown is OperationCanceledException or RetryLimitExceededException or DbException)
        {
            // Neither stored nor not stored, for all we know: to try again by ourselves could store it twice.
            throw new StorageException(StorageFault.Unavailable, lost);
        }
    }

    private Task<T> InTurnAsync<T>(long owner, Func<Task<T>> write, CancellationToken ct) =>
        // All writers of a file are many; the writers of one owner wait for a database that does not answer.
        WithinAsync(
            _turns[(ulong)owner % (ulong)_turns.Length], _file is null ? StorageFault.Unavailable : StorageFault.Overloaded, () => InFileAsync(write, ct), ct);

    private Task<T> InFileAsync<T>(Func<Task<T>> write, CancellationToken ct) =>
        _file is null ? write() : WithinAsync(_file, StorageFault.Overloaded, write, ct);

    /// <param name="late">What it means not to get in before the deadline.</param>
    private async Task<T> WithinAsync<T>(SemaphoreSlim place, StorageFault late, Func<Task<T>> work, CancellationToken ct)
    {
        if (!await place.WaitAsync(options.Value.Deadline, ct)) throw new StorageException(late, null);
        try
        {
            return await work();
        }
        finally
        {
            place.Release();
        }
    }

    private Task<T> RunAsync<T>(Func<ChatDbContext, CancellationToken, Task<T>> work, CancellationToken ct) =>
        _places is null ? RunInPlaceAsync(work, ct) : WithinAsync(_places, StorageFault.Overloaded, () => RunInPlaceAsync(work, ct), ct);

    private async Task<T> RunInPlaceAsync<T>(Func<ChatDbContext, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.Value.Deadline);
        await using var db = await contexts.CreateDbContextAsync(ct);
        try
        {
            return await db.Database.CreateExecutionStrategy().ExecuteAsync(
                (db, work),
                static async (state, token) =>
                {
                    state.db.ChangeTracker.Clear();
                    return await state.work(state.db, token);
                },
                deadline.Token);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new StorageException(StorageFault.Unavailable, late);
        }
        catch (Exception fault) when (FaultOf(db, fault) is { } known)
        {
            throw new StorageException(known, fault);
        }
    }

    private static StorageFault? FaultOf(ChatDbContext db, Exception fault) => fault switch
    {
        RetryLimitExceededException { InnerException: { } last } => FaultOf(db, last) ?? StorageFault.Unavailable,
        DbUpdateException { InnerException: DbException inner } => db.FaultOf(inner),
        DbException known => db.FaultOf(known),
        TimeoutException => StorageFault.Unavailable,
        // The transaction under it ended with a read that came to nothing.
        InvalidOperationException { InnerException: OperationCanceledException } => StorageFault.Unavailable,
        InvalidOperationException { InnerException: { } inner } => FaultOf(db, inner),
        _ => null,
    };
}
