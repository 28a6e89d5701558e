using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>An owner's messages, read.</summary>
public sealed class MessageHistory(ChatDatabase database)
{
    private const char CursorKind = 'm';

    public Task<Message?> FindAsync(long owner, long id, CancellationToken ct) =>
        database.ReadAsync((db, token) => Kept(db, owner).SingleOrDefaultAsync(m => m.Id == id, token), ct);

    /// <summary>Those of the ids that are the owner's.</summary>
    public Task<Dictionary<long, Message>> FindManyAsync(long owner, IReadOnlyCollection<long> wanted, CancellationToken ct) =>
        database.ReadAsync((db, token) => Kept(db, owner).Where(m => wanted.Contains(m.Id)).ToDictionaryAsync(m => m.Id, token), ct);

    /// <summary>A page of each of these conversations, oldest first, its system prompt included, replaced answers left out.</summary>
    /// <returns>By conversation; another's is an empty one. Errors: BAD_USER_INPUT for a size or a cursor that is none.</returns>
    public async Task<Result<Dictionary<long, Page<Message>>>> ListAsync(long owner, IReadOnlyList<long> conversations, PageRequest page, CancellationToken ct)
    {
        if (page.Check() is { } refused) return refused;
        int? after = null, before = null;
        if (page.After is not null && (after = Read(page.After)) is null) return Cursor.Malformed;
        if (page.Before is not null && (before = Read(page.Before)) is null) return Cursor.Malformed;
        var (from, until, count) = (after ?? -1, before ?? int.MaxValue, page.Size + 1);
        var read = await database.ReadAsync(
            (db, token) => (conversations is [var only]
                ? Some(db, owner, only, from, until, count, page.Backwards)
                : db.SomeOfEach(owner, conversations, from, until, count, page.Backwards)).ToListAsync(token),
            ct);
        var ofEach = read.ToLookup(m => m.ConversationId);
        return conversations.ToDictionary(id => id, id => page.Cut([.. ofEach[id]], CursorOf));
    }

    /// <summary>A page with that message in its middle, or as near to it as the ends of the conversation allow.</summary>
    /// <returns>Errors: BAD_USER_INPUT, NOT_FOUND when the message is not in this conversation.</returns>
    public async Task<Result<Page<Message>>> ListAroundAsync(long owner, long conversation, long messageId, int? first, CancellationToken ct)
    {
        var page = new PageRequest(first, null, null, null);
        if (page.Check() is { } refused) return refused;
        var (earlier, later) = await database.ReadAsync(
            async (db, token) =>
            {
                var at = await db.Messages
                    .Where(m => m.OwnerId == owner && m.ConversationId == conversation && m.Id == messageId && !m.Superseded)
                    .Select(m => (int?)m.Sequence).SingleOrDefaultAsync(token);
                if (at is null) return ([], []);
                return (
                    await Some(db, owner, conversation, -1, at.Value, page.Size, backwards: true).ToListAsync(token),
                    await Some(db, owner, conversation, at.Value - 1, int.MaxValue, page.Size + 1, backwards: false).ToListAsync(token));
            },
            ct);
        if (later.Count == 0) return ChatError.NotFound;
        var takeEarlier = Math.Min(earlier.Count, Math.Max((page.Size - 1) / 2, page.Size - later.Count));
        var takeLater = Math.Min(later.Count, page.Size - takeEarlier);
        var edges = earlier.Take(takeEarlier).Reverse().Concat(later.Take(takeLater)).Select(m => new Edge<Message>(CursorOf(m), m)).ToList();
        return new Page<Message>(edges, HasNext: later.Count > takeLater, HasPrevious: earlier.Count > takeEarlier);
    }

    /// <summary>How many messages these conversations have, replaced answers left out; one without any is left out itself.</summary>
    public Task<Dictionary<long, int>> CountAsync(long owner, IReadOnlyCollection<long> conversations, CancellationToken ct) => database.ReadAsync(
        (db, token) => db.Messages
            .Where(m => m.OwnerId == owner && conversations.Contains(m.ConversationId) && !m.Superseded)
            .GroupBy(m => m.ConversationId).Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count, token),
        ct);

    /// <summary>The latest so many of the answers that were replaced, by their question, oldest first.</summary>
    public async Task<ILookup<long, Message>> FindReplacedAsync(long owner, IReadOnlyCollection<long> questions, int count, CancellationToken ct)
    {
        // Which ones first: most questions have none, and no database takes the last few of each without sorting them once for every row.
        var places = await database.ReadAsync(
            (db, token) => db.Messages
                .Where(m => m.OwnerId == owner && m.QuestionId != null && questions.Contains(m.QuestionId.Value) && m.Superseded)
                .OrderBy(m => m.Sequence).Select(m => new { m.Id, Question = m.QuestionId!.Value }).ToListAsync(token),
            ct);
        var latest = places.GroupBy(place => place.Question).SelectMany(of => of.TakeLast(count)).ToList();
        var rows = latest.Count == 0 ? [] : await FindManyAsync(owner, [.. latest.Select(place => place.Id)], ct);
        return latest.Where(place => rows.ContainsKey(place.Id)).ToLookup(place => place.Question, place => rows[place.Id]);
    }

    /// <summary>So many messages before, or after, each of these in its conversation, oldest first, replaced answers left out.</summary>
    public async Task<ILookup<long, Message>> FindNeighboursAsync(long owner, IReadOnlyCollection<long> messages, bool before, int count, CancellationToken ct)
    {
        var found = await database.ReadAsync(
            (db, token) => (before ? Preceding(db, owner, messages, count) : Following(db, owner, messages, count))
                .OrderBy(neighbour => neighbour.Message.Sequence).ToListAsync(token),
            ct);
        return found.ToLookup(neighbour => neighbour.Of, neighbour => neighbour.Message);
    }

    /// <summary>What these answers answer; one whose question is deleted is left out.</summary>
    public Task<Dictionary<long, Message>> FindQuestionsAsync(long owner, IReadOnlyCollection<long> answers, CancellationToken ct) =>
        database.ReadAsync(
            (db, token) => (
                from answer in db.Messages
                join question in db.Messages on new { answer.OwnerId, Id = answer.QuestionId!.Value } equals new { question.OwnerId, question.Id }
                where answer.OwnerId == owner && answers.Contains(answer.Id)
                select new { answer.Id, Question = question }).ToDictionaryAsync(found => found.Id, found => found.Question, token),
            ct);

    /// <summary>What messages say that are, or just were, being made: the text so far.</summary>
    public Task<Dictionary<long, string>> FindTextsAsync(long owner, IReadOnlyCollection<long> messages, CancellationToken ct) =>
        database.ReadAsync(
            async (db, token) =>
            {
                // One statement, one snapshot: the pieces go in the transaction that gives the message its content.
                var rows = await db.Messages.Where(m => m.OwnerId == owner && messages.Contains(m.Id))
                    .Select(m => new
                    {
                        m.Id,
                        m.Content,
                        // Not those that a maker has written which was given up meanwhile.
                        Pieces = db.CompletionTexts
                            .Where(t => t.OwnerId == owner && t.CompletionId == m.Id
                                && db.Completions.Any(c => c.OwnerId == t.OwnerId && c.Id == t.CompletionId && c.Status == CompletionStatus.Running))
                            .OrderBy(t => t.Offset).Select(t => t.Content).ToList(),
                    })
                    .AsSingleQuery().ToListAsync(token);
                return rows.ToDictionary(r => r.Id, r => r.Content + string.Concat(r.Pieces));
            },
            ct);

    /// <summary>Not those of a conversation that is given up, while they are still there.</summary>
    internal static IQueryable<Message> Kept(ChatDbContext db, long owner) =>
        db.Messages.Where(m => m.OwnerId == owner && db.Conversations.Any(c => c.OwnerId == m.OwnerId && c.Id == m.ConversationId));

    private static IQueryable<Message> Some(ChatDbContext db, long owner, long conversation, int after, int before, int count, bool backwards)
    {
        var some = db.Messages.Where(
            m => m.OwnerId == owner && m.ConversationId == conversation && m.Sequence > after && m.Sequence < before && !m.Superseded);
        return (backwards ? some.OrderByDescending(m => m.Sequence) : some.OrderBy(m => m.Sequence)).Take(count);
    }

    // The sequence of the farthest neighbour first, then the range up to it: SQLite cannot take the first few of each by itself.
    private static IQueryable<Neighbour> Preceding(ChatDbContext db, long owner, IReadOnlyCollection<long> messages, int count) =>
        from one in db.Messages
        where one.OwnerId == owner && messages.Contains(one.Id)
        from other in db.Messages
        where other.OwnerId == owner && other.ConversationId == one.ConversationId && !other.Superseded && other.Sequence < one.Sequence
            && other.Sequence >= (db.Messages
                .Where(m => m.OwnerId == owner && m.ConversationId == one.ConversationId && !m.Superseded && m.Sequence < one.Sequence)
                .OrderByDescending(m => m.Sequence).Skip(count - 1).Select(m => (int?)m.Sequence).FirstOrDefault() ?? 0)
        select new Neighbour { Of = one.Id, Message = other };

    private static IQueryable<Neighbour> Following(ChatDbContext db, long owner, IReadOnlyCollection<long> messages, int count) =>
        from one in db.Messages
        where one.OwnerId == owner && messages.Contains(one.Id)
        from other in db.Messages
        where other.OwnerId == owner && other.ConversationId == one.ConversationId && !other.Superseded && other.Sequence > one.Sequence
            && other.Sequence <= (db.Messages
                .Where(m => m.OwnerId == owner && m.ConversationId == one.ConversationId && !m.Superseded && m.Sequence > one.Sequence)
                .OrderBy(m => m.Sequence).Skip(count - 1).Select(m => (int?)m.Sequence).FirstOrDefault() ?? int.MaxValue)
        select new Neighbour { Of = one.Id, Message = other };

    private static string CursorOf(Message message) => Cursor.Write(CursorKind, message.Sequence);

    private static int? Read(string cursor)
    {
        Span<long> keys = stackalloc long[1];
        return Cursor.TryRead(cursor, CursorKind, keys) && keys[0] is >= 0 and <= int.MaxValue ? (int)keys[0] : null;
    }

    private sealed record Neighbour
    {
        public required long Of { get; init; }

        public required Message Message { get; init; }
    }
}
