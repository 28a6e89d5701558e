using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>What is asked of a model.</summary>
/// <param name="Content">A new question, stored first; null for the last one there is.</param>
/// <param name="Regenerate">A new answer in place of the one that the question has.</param>
/// <param name="Recall">Puts what search finds in the owner's other conversations before the model.</param>
/// <param name="Model">A configured name; null for the conversation's.</param>
/// <param name="MaxOutputTokens">1 to the model's own maximum; null for that.</param>
/// <param name="Temperature">0 to 2; null for the provider's default.</param>
public sealed record CompletionRequest(
    long ConversationId, string? Content, bool Regenerate, bool Recall, string? Model, int? MaxOutputTokens, float? Temperature);

/// <summary>Answers: asked for, looked up, stopped. The making is the engine's.</summary>
public sealed class CompletionService(
    ChatDatabase database, IdBlocks ids, ModelCatalog models, Recollection recollection, CompletionEngine engine, CompletionQuota quota,
    WakeUps wakeUps, Clock clock, IOptions<CompletionOptions> options)
{
    /// <summary>Never told to anybody: it undoes the unit, which comes again with what was recalled.</summary>
    private static readonly ChatError _recallFirst = new(ErrorCode.Internal, "What is to be recalled is not there yet.");

    /// <summary>
    /// Stores the question, the answer's still empty message and the completion together, and has the engine make it.
    /// Returns as soon as that is committed.
    /// </summary>
    /// <returns>
    /// The completion: a new one; the one that an earlier request under the same key made; or, where the question is answered already,
    /// the one that answered it. Errors, with nothing stored: BAD_USER_INPUT, NOT_FOUND, MODEL_NOT_ALLOWED, CONVERSATION_BUSY,
    /// NOTHING_TO_COMPLETE, CONTEXT_OVERFLOW, IDEMPOTENCY_CONFLICT, RATE_LIMITED, OVERLOADED, SHUTTING_DOWN.
    /// </returns>
    public async Task<Result<Once<Completion>>> StartAsync(long owner, CompletionRequest request, string? idempotencyKey, CancellationToken ct)
    {
        if ((Check(request) ?? Input.CheckIdempotencyKey(idempotencyKey)) is { } refused) return refused;
        var once = Idempotent.Of(IdempotentOperation.StartCompletion, idempotencyKey, request);
        var questionId = request.Content is null ? 0 : await ids.NextAsync(IdKind.Message, ct);
        var answerId = await ids.NextAsync(IdKind.Message, ct);
        // Not for what turns out to be a repetition, or is refused: the embedder may be paid for it.
        var recalled = recollection.IsNeeded(request) ? null : Recollection.Nothing;
        CompletionTurn? asked = null;
        CompletionRun? run = null;
        var (placed, counted, launched) = (false, false, false);
        try
        {
            var started = await BeginAsync();
            if (started.Error == _recallFirst)
            {
                recalled = await recollection.FindAsync(owner, request, asked!, ct);
                started = await BeginAsync();
            }

            if (!started.Failed && run is not null)
            {
                engine.Launch(run);
                launched = true;
            }

            return started;
        }
        finally
        {
            if (placed && !launched) engine.Slots.GiveBack();
            if (counted && !launched) quota.GiveBack(owner);
        }

        Task<Result<Once<Completion>>> BeginAsync() => database.ChangeAsync<Once<Completion>>(
            owner,
            async (unit, token) =>
            {
                run = null;
                var seen = await once.FindAsync(unit, token);
                if (seen.Failed) return seen.Error;
                var turn = await CompletionTurn.FindAsync(unit, request, seen.Value, models, token);
                if (turn.Failed) return turn.Error;
                if (turn.Value.Existing is { } existing)
                {
                    Remember(existing.Id);
                    return new Once<Completion>(existing, Replayed: seen.Value is not null);
                }

                if (recalled is null)
                {
                    asked = turn.Value;
                    // Not taken yet: of several that come at once under one key, one needs a place, and the others none.
                    return engine.Slots.Peek() ?? quota.Peek(owner) ?? _recallFirst;
                }

                // Only what is made anew needs a place and counts, and once, however often the unit runs.
                if (!placed && engine.Slots.Take() is { } full) return full;
                placed = true;
                if (!counted && quota.Take(owner) is { } limited) return limited;
                counted = true;
                var made = await turn.Value.BeginAsync(unit, request, recalled, questionId, answerId, engine.Instance, options.Value.Lease, token);
                if (made.Failed) return made.Error;
                Remember(answerId);
                run = made.Value;
                return new Once<Completion>(run.Row, Replayed: false);

                // An answer that was there, too: what is asked for again under the key is that one, whatever was written since.
                void Remember(long result)
                {
                    if (seen.Value is { } earlier) earlier.ResultId = result;
                    else once.Save(unit, request.ConversationId, result);
                }
            },
            ct);
    }

    public Task<Completion?> FindAsync(long owner, long id, CancellationToken ct) =>
        database.ReadAsync((db, token) => Kept(db, owner).SingleOrDefaultAsync(c => c.Id == id, token), ct);

    /// <summary>Those of the ids that are the owner's.</summary>
    public Task<Dictionary<long, Completion>> FindManyAsync(long owner, IReadOnlyCollection<long> wanted, CancellationToken ct) =>
        database.ReadAsync((db, token) => Kept(db, owner).Where(c => wanted.Contains(c.Id)).ToDictionaryAsync(c => c.Id, token), ct);

    /// <summary>What was recalled for these completions, and is not deleted, the best first.</summary>
    public async Task<ILookup<long, CompletionSource>> FindSourcesAsync(long owner, IReadOnlyCollection<long> wanted, CancellationToken ct)
    {
        var sources = await database.ReadAsync(
            (db, token) =>
            {
                var kept = MessageHistory.Kept(db, owner);
                return db.CompletionSources.Where(s => s.OwnerId == owner && wanted.Contains(s.CompletionId) && kept.Any(m => m.Id == s.MessageId))
                    .OrderBy(s => s.Rank).ToListAsync(token);
            },
            ct);
        return sources.ToLookup(source => source.CompletionId);
    }

    /// <summary>What is being made in these conversations: one at most in each.</summary>
    public Task<Dictionary<long, Completion>> FindRunningAsync(long owner, IReadOnlyCollection<long> conversations, CancellationToken ct) =>
        database.ReadAsync(
            (db, token) => db.Completions
                .Where(c => c.OwnerId == owner && conversations.Contains(c.ConversationId) && c.Status == CompletionStatus.Running)
                .ToDictionaryAsync(c => c.ConversationId, token),
            ct);

    /// <summary>Waits until a completion has ended, whoever makes it.</summary>
    /// <returns>The completion as it ended; null when it is gone.</returns>
    /// <exception cref="StorageException">Its end cannot be stored now. It may be later.</exception>
    public async Task<Completion?> WaitAsync(long owner, long id, CancellationToken ct)
    {
        var key = new WakeKey(owner, id);
        using var ear = wakeUps.Listen(key);
        while (true)
        {
            if (engine.Find(key) is { } run)
            {
                var unstored = run.Unstored;
                if (await Task.WhenAny(run.Ended, unstored).WaitAsync(ct) == unstored) throw await unstored;
            }

            var row = await FindAsync(owner, id, ct);
            if (row is not { Status: CompletionStatus.Running }) return row;
            await ear.WaitAsync(ct);
        }
    }

    /// <summary>Stops a completion; what it has said so far is kept. One that has ended stays as it is.</summary>
    /// <returns>The completion as it ended. Errors: NOT_FOUND.</returns>
    public async Task<Result<Completion>> CancelAsync(long owner, long id, CancellationToken ct)
    {
        if (engine.Find(new WakeKey(owner, id)) is { } run)
        {
            run.Stop(StopReason.Cancelled);
        }
        else
        {
            // Somebody else's instance makes it: leave the wish where that one looks, and hurry it.
            await database.WriteAsync(
                (db, token) => db.Completions
                    .Where(c => c.OwnerId == owner && c.Id == id && c.Status == CompletionStatus.Running && c.CancelRequestedAt == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.CancelRequestedAt, clock.Now), token),
                ct);
            wakeUps.WakeAll(WakeKey.Cancelled);
        }

        return await WaitAsync(owner, id, ct) is { } ended ? ended : ChatError.NotFound;
    }

    /// <summary>The owner's, as everybody but the engine sees them: those of a deleted conversation are gone with it, although their rows go later.</summary>
    internal static IQueryable<Completion> Kept(ChatDbContext db, long owner) =>
        db.Completions.Where(c => c.OwnerId == owner && db.Conversations.Any(of => of.OwnerId == c.OwnerId && of.Id == c.ConversationId));

    private static ChatError? Check(CompletionRequest request)
    {
        if (request.Content is not null && Input.CheckContent(request.Content) is { } bad) return bad;
        if (request.Content is not null && request.Regenerate) return ChatError.BadInput("regenerate", "A new question has no answer to replace.");
        if (request.MaxOutputTokens < 1) return ChatError.BadInput("maxOutputTokens", "An answer has at least one token.");
        return request.Temperature is < 0 or > 2 or float.NaN ? ChatError.BadInput("temperature", "A temperature is between 0 and 2.") : null;
    }
}
