using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// What changed in everything that an owner has, in the order of the commits. A reader is a place in the feed: it reads what comes after,
/// waits for a wake-up, and reads on, so that it misses nothing and sees nothing twice, wherever and whenever it reads.
/// </summary>
public sealed class ChangeFeed(ChatDatabase database, WakeUps wakeUps, Clock clock, IOptions<ChangeOptions> options)
{
    private const char CursorKind = 'f';
    private const int PageSize = 100;
    private static readonly ChatError _expired = new(ErrorCode.CursorExpired, "The feed no longer goes back that far. Query again.", ["after"]);

    public static string CursorOf(Change change) => Write(change.Sequence, change.CreatedAt);

    /// <summary>Where the feed stands now; null when there is no such owner.</summary>
    public async Task<string?> FindCursorAsync(long owner, CancellationToken ct)
    {
        var before = clock.Now;
        return await FindSequenceAsync(owner, ct) is { } sequence ? Write(sequence, before) : null;
    }

    /// <summary>What changed after a cursor, then what changes; it does not end by itself.</summary>
    /// <param name="owner">Whose feed.</param>
    /// <param name="after">A cursor; null for now.</param>
    /// <param name="conversation">The one conversation of interest; null for all.</param>
    /// <param name="ct">Ends the look-up, not the sequence.</param>
    /// <returns>Errors: BAD_USER_INPUT (no cursor of this feed), CURSOR_EXPIRED, NOT_FOUND.</returns>
    public async Task<Result<IAsyncEnumerable<Change>>> WatchAsync(long owner, string? after, long? conversation, CancellationToken ct)
    {
        if (await FindSequenceAsync(owner, ct) is not { } now) return ChatError.NotFound;
        var from = now;
        if (after is not null)
        {
            if (Read(after) is not var (sequence, time) || sequence > now) return Cursor.Malformed;
            if (sequence < now && time < clock.Now - options.Value.KeptFor) return _expired;
            from = sequence;
        }

        if (conversation is not null && !await IsKnownAsync(owner, conversation.Value, ct)) return ChatError.NotFound;
        return Result<IAsyncEnumerable<Change>>.Of(FollowAsync(owner, from, conversation, CancellationToken.None));
    }

    private async IAsyncEnumerable<Change> FollowAsync(long owner, long from, long? conversation, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ear = wakeUps.Listen(WakeKey.Feed(owner));
        while (true)
        {
            var page = await database.ReadAsync(
                (db, token) => db.Changes
                    .Where(c => c.OwnerId == owner && c.Sequence > from && (conversation == null || c.ConversationId == conversation))
                    .OrderBy(c => c.Sequence).Take(PageSize).ToListAsync(token),
                ct);
            foreach (var change in page)
            {
                from = change.Sequence;
                yield return change;
            }

            if (page.Count < PageSize) await ear.WaitAsync(ct);
        }
    }

    /// <summary>One that is gone has its end still to be told.</summary>
    private Task<bool> IsKnownAsync(long owner, long conversation, CancellationToken ct) => database.ReadAsync(
        async (db, token) => await db.Conversations.AnyAsync(c => c.OwnerId == owner && c.Id == conversation, token)
            || await db.Changes.AnyAsync(c => c.OwnerId == owner && c.ConversationId == conversation, token),
        ct);

    private Task<long?> FindSequenceAsync(long owner, CancellationToken ct) =>
        database.ReadAsync((db, token) => db.Users.Where(u => u.Id == owner).Select(u => (long?)u.ChangeSequence).SingleOrDefaultAsync(token), ct);

    /// <summary>The time tells later whether what came next may have been purged.</summary>
    private static string Write(long sequence, DateTime time) => Cursor.Write(CursorKind, sequence, time.Ticks);

    private static (long Sequence, DateTime Time)? Read(string cursor)
    {
        Span<long> keys = stackalloc long[2];
        return Cursor.TryRead(cursor, CursorKind, keys) && keys[0] >= 0 && keys[1] >= 0 && keys[1] <= DateTime.MaxValue.Ticks
            ? (keys[0], new DateTime(keys[1], DateTimeKind.Utc))
            : null;
    }
}
