using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>A session that was good when it was last looked at.</summary>
public sealed record LiveSession(long OwnerId, string TokenHash, DateTime ExpiresAt);

/// <summary>Which session of whom.</summary>
public readonly record struct SessionKey(long OwnerId, string TokenHash);

/// <summary>A session just begun: the only time its token is known.</summary>
public sealed record NewSession(string Token, string TokenHash, DateTime ExpiresAt, User User);

/// <summary>Who is signed in.</summary>
public sealed class SessionService(
    ChatDatabase database, PasswordHasher hasher, Clock clock, IOptions<SecurityOptions> options) : IDisposable
{
    private const int MaximumCached = 20_000;
    private static readonly ChatError _invalid = new(ErrorCode.InvalidCredentials, "The name or the password is wrong.");

    /// <summary>Between two notes of a session's last use: a write for every call would be one too many, and none would end what is in use.</summary>
    private readonly TimeSpan _useResolution = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute * 5, options.Value.SessionIdleTimeout.Ticks / 10));

    private static readonly TimeSpan _patienceWithNotes = TimeSpan.FromSeconds(0.25);

    /// <summary>Goes up with every end: what was read before one is not believed after it.</summary>
    private long _endings;

    /// <summary>How long a token that was good is told from one that nobody has seen.</summary>
    private static readonly TimeSpan _memory = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MaximumCached });

    /// <returns>A new session; INVALID_CREDENTIALS for a wrong password as for an unknown name, and after the same time.</returns>
    public async Task<Result<NewSession>> SignInAsync(string username, string password, CancellationToken ct)
    {
        var user = Input.NormalizeUsername(username) is { } name
            ? await database.ReadAsync((db, token) => db.Users.SingleOrDefaultAsync(u => u.UsernameKey == User.KeyOf(name), token), ct)
            : null;
        var verified = await hasher.VerifyAsync(password, user?.PasswordHash, ct);
        if (verified.Failed) return verified.Error;
        if (user is null || !verified.Value) return _invalid;

        string? stronger = null;
        if (PasswordHasher.IsWeak(user.PasswordHash) && await hasher.HashAsync(password, ct) is { Failed: false } hash) stronger = hash.Value;
        var begun = NewSessionFor(user, clock.Now);
        IReadOnlyList<string> ended = [];
        var done = await database.ChangeAsync<NewSession>(
            user.Id,
            async (unit, token) =>
            {
                // Changed while we were hashing: what was verified is not the password any more.
                if (unit.Owner.PasswordHash != user.PasswordHash) return _invalid;
                if (stronger is not null) unit.Owner.PasswordHash = stronger;
                ended = await AddAsync(unit, begun, token);
                return begun;
            },
            ct);
        if (ended.Count > 0) Forget(ended);
        return done;
    }

    /// <summary>The session of a token; null where it is no token, or its session has ended.</summary>
    public async ValueTask<LiveSession?> FindAsync(string token, CancellationToken ct)
    {
        if (SessionToken.OwnerOf(token) is not { } owner) return null;
        var hash = SessionToken.HashOf(token);
        if (_cache.Get<Remembered>(hash) is { } known && Stopwatch.GetElapsedTime(known.ReadAt) < options.Value.SessionCacheDuration && known.Session.ExpiresAt > clock.Now)
            return known.Session;
        var readAt = Stopwatch.GetTimestamp();
        var before = Volatile.Read(ref _endings);
        var session = await database.ReadAsync(
            (db, stop) => db.Sessions.SingleOrDefaultAsync(s => s.OwnerId == owner && s.TokenHash == hash, stop), ct);
        if (session is null || !IsLive(session)) return null;
        if (clock.Now - session.LastUsedAt > _useResolution) await NoteUseAsync(owner, hash, ct);
        var live = new LiveSession(owner, hash, session.ExpiresAt);
        _cache.Set(hash, new Remembered(live, readAt), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = _memory });
        // Looked at after it was kept: an end that has not been seen here removes it, and one that has is seen now.
        if (Volatile.Read(ref _endings) != before) _cache.Remove(hash);
        return live;
    }

    /// <summary>Whether the token was good here a while ago; says nothing of whether it is now.</summary>
    public bool IsRemembered(string token) => _cache.TryGetValue(SessionToken.HashOf(token), out _);

    /// <summary>Of these sessions, the ones that go on, read in one batch.</summary>
    public async Task<IReadOnlySet<SessionKey>> FindLiveAsync(IReadOnlyCollection<SessionKey> sessions, CancellationToken ct)
    {
        var owners = sessions.Select(s => s.OwnerId).Distinct().ToArray();
        var hashes = sessions.Select(s => s.TokenHash).Distinct().ToArray();
        var found = await database.ReadAsync(
            (db, token) => db.Sessions.Where(s => owners.Contains(s.OwnerId) && hashes.Contains(s.TokenHash)).ToListAsync(token), ct);
        return found.Where(IsLive).Select(s => new SessionKey(s.OwnerId, s.TokenHash)).ToHashSet();
    }

    /// <summary>Ends one session.</summary>
    public async Task EndAsync(long owner, string tokenHash, CancellationToken ct)
    {
        await database.WriteAsync((db, token) => db.Sessions.Where(s => s.OwnerId == owner && s.TokenHash == tokenHash).ExecuteDeleteAsync(token), ct);
        Forget([tokenHash]);
    }

    public void Dispose() => _cache.Dispose();

    internal NewSession NewSessionFor(User user, DateTime now)
    {
        var token = SessionToken.Create(user.Id);
        return new NewSession(token, SessionToken.HashOf(token), now + options.Value.SessionLifetime, user);
    }

    /// <summary>Adds the session to the owner's; the oldest ones end when there are too many.</summary>
    /// <returns>Those that end, to be forgotten once that is committed.</returns>
    private async Task<IReadOnlyList<string>> AddAsync(OwnerWork unit, NewSession begun, CancellationToken ct)
    {
        var others = await unit.Db.Sessions.Where(s => s.OwnerId == unit.Owner.Id).OrderByDescending(s => s.CreatedAt).ToListAsync(ct);
        var ended = End(unit, others.Skip(options.Value.MaximumSessionsPerUser - 1));
        unit.Db.Sessions.Add(RowOf(begun, unit.Now));
        return ended;
    }

    internal static Session RowOf(NewSession begun, DateTime now) => new()
    {
        OwnerId = begun.User.Id,
        TokenHash = begun.TokenHash,
        CreatedAt = now,
        LastUsedAt = now,
        ExpiresAt = begun.ExpiresAt,
    };

    /// <summary>Ends all of the owner's sessions but one.</summary>
    /// <returns>Their hashes, to be forgotten once that is committed.</returns>
    internal static async Task<IReadOnlyList<string>> EndOthersAsync(OwnerWork unit, string? tokenHash, CancellationToken ct) =>
        End(unit, await unit.Db.Sessions.Where(s => s.OwnerId == unit.Owner.Id && s.TokenHash != tokenHash).ToListAsync(ct));

    internal static async Task<IReadOnlyList<string>> FindHashesAsync(OwnerWork unit, CancellationToken ct) =>
        await unit.Db.Sessions.Where(s => s.OwnerId == unit.Owner.Id).Select(s => s.TokenHash).ToListAsync(ct);

    /// <summary>Believes nothing any more of sessions that have ended.</summary>
    internal void Forget(IReadOnlyList<string> tokenHashes)
    {
        Interlocked.Increment(ref _endings);
        foreach (var hash in tokenHashes) _cache.Remove(hash);
    }

    /// <returns>Their hashes, to be forgotten once that is committed.</returns>
    private static List<string> End(OwnerWork unit, IEnumerable<Session> sessions)
    {
        var ended = sessions.ToList();
        unit.Db.Sessions.RemoveRange(ended);
        return [.. ended.Select(session => session.TokenHash)];
    }

    /// <summary>A session, and when it was last looked at: by a clock that nobody sets.</summary>
    private sealed record Remembered(LiveSession Session, long ReadAt);

    /// <summary>What was used just before the next note of its use has its whole time, too.</summary>
    private bool IsLive(Session session) => session.ExpiresAt > clock.Now && session.LastUsedAt + options.Value.SessionIdleTimeout + _useResolution > clock.Now;

    /// <summary>A note that cannot be written now must keep nobody from reading; the next look writes it.</summary>
    private async Task NoteUseAsync(long owner, string hash, CancellationToken ct)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(_patienceWithNotes);
        try
        {
            await database.WriteAsync(
                (db, token) => db.Sessions.Where(s => s.OwnerId == owner && s.TokenHash == hash)
                    .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, clock.Now), token),
                soon.Token);
        }
        catch (Exception fault) when (fault is StorageException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
        }
    }
}
