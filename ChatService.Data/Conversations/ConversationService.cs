using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>What a new conversation begins with; all of it can come later.</summary>
public sealed record NewConversation(string? Title, string? SystemPrompt, string? Model);

/// <summary>What changes in a conversation. A null clears the system prompt and the model.</summary>
public sealed record ConversationUpdate(
    Optional<string> Title, Optional<string?> SystemPrompt, Optional<string?> Model, Optional<bool> Archived);

/// <summary>An owner's conversations.</summary>
public sealed class ConversationService(ChatDatabase database, IdBlocks ids, ModelCatalog models, CompletionEngine engine, Eraser eraser)
{
    private const char CursorKind = 'c';

    /// <returns>The conversation. Errors: BAD_USER_INPUT, MODEL_NOT_ALLOWED, IDEMPOTENCY_CONFLICT, NOT_FOUND (no such owner).</returns>
    public async Task<Result<Once<Conversation>>> CreateAsync(long owner, NewConversation wanted, string? idempotencyKey, CancellationToken ct)
    {
        if ((Check(wanted.Title, wanted.SystemPrompt, wanted.Model) ?? Input.CheckIdempotencyKey(idempotencyKey)) is { } refused) return refused;
        var once = Idempotent.Of(IdempotentOperation.CreateConversation, idempotencyKey, wanted);
        var id = await ids.NextAsync(IdKind.Conversation, ct);
        var promptId = wanted.SystemPrompt is null ? 0 : await ids.NextAsync(IdKind.Message, ct);
        return await database.ChangeAsync<Once<Conversation>>(
            owner,
            async (unit, token) =>
            {
                var seen = await once.FindAsync(unit, token);
                if (seen.Failed) return seen.Error;
                if (seen.Value is { } earlier)
                {
                    var made = await unit.Db.Conversations.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == earlier.ResultId, token);
                    return made is null ? ChatError.NotFound : new Once<Conversation>(made, Replayed: true);
                }

                var conversation = new Conversation
                {
                    OwnerId = owner,
                    Id = id,
                    Title = wanted.Title ?? "",
                    Model = wanted.Model,
                    CreatedAt = unit.Now,
                    UpdatedAt = unit.Now,
                };
                unit.Db.Conversations.Add(conversation);
                unit.Tell(ChangeKind.ConversationCreated, id);
                if (wanted.SystemPrompt is { } prompt) AddSystemPrompt(unit, id, promptId, prompt);
                once.Save(unit, id, id);
                return new Once<Conversation>(conversation, Replayed: false);
            },
            ct);
    }

    public Task<Conversation?> FindAsync(long owner, long id, CancellationToken ct) =>
        database.ReadAsync((db, token) => db.Conversations.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == id, token), ct);

    /// <summary>Those of the ids that are the owner's.</summary>
    public Task<Dictionary<long, Conversation>> FindManyAsync(long owner, IReadOnlyCollection<long> wanted, CancellationToken ct) =>
        database.ReadAsync(
            (db, token) => db.Conversations.Where(c => c.OwnerId == owner && wanted.Contains(c.Id)).ToDictionaryAsync(c => c.Id, token), ct);

    /// <summary>The system prompts of those of the conversations that have one.</summary>
    public Task<Dictionary<long, string>> FindSystemPromptsAsync(long owner, IReadOnlyCollection<long> conversations, CancellationToken ct) =>
        database.ReadAsync(
            (db, token) => db.Messages
                .Where(m => m.OwnerId == owner && conversations.Contains(m.ConversationId) && m.Sequence == Message.SystemSequence)
                .ToDictionaryAsync(m => m.ConversationId, m => m.Content, token),
            ct);

    /// <summary>A page of the conversations, latest activity first.</summary>
    /// <returns>Errors: BAD_USER_INPUT for a size or a cursor that is none.</returns>
    public async Task<Result<Page<Conversation>>> ListAsync(long owner, bool archived, PageRequest page, CancellationToken ct)
    {
        if (page.Check() is { } refused) return refused;
        (DateTime At, long Id)? after = null, before = null;
        if (page.After is not null && (after = Read(page.After)) is null) return Cursor.Malformed;
        if (page.Before is not null && (before = Read(page.Before)) is null) return Cursor.Malformed;
        var read = await database.ReadAsync(
            (db, token) =>
            {
                var some = Of(db, owner, archived);
                if (after is var (older, olderId)) some = some.Where(c => c.UpdatedAt <= older && (c.UpdatedAt < older || c.Id < olderId));
                if (before is var (newer, newerId)) some = some.Where(c => c.UpdatedAt >= newer && (c.UpdatedAt > newer || c.Id > newerId));
                some = page.Backwards
                    ? some.OrderBy(c => c.UpdatedAt).ThenBy(c => c.Id)
                    : some.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id);
                return some.Take(page.Size + 1).ToListAsync(token);
            },
            ct);
        return page.Cut(read, c => Cursor.Write(CursorKind, c.UpdatedAt.Ticks, c.Id));
    }

    public Task<int> CountAsync(long owner, bool archived, CancellationToken ct) =>
        database.ReadAsync((db, token) => Of(db, owner, archived).CountAsync(token), ct);

    /// <returns>The conversation as it is now. Errors: BAD_USER_INPUT, MODEL_NOT_ALLOWED, NOT_FOUND.</returns>
    public async Task<Result<Conversation>> UpdateAsync(long owner, long id, ConversationUpdate update, CancellationToken ct)
    {
        if (Check(update.Title.Value, update.SystemPrompt.Value, update.Model.Value) is { } refused) return refused;
        var promptId = update.SystemPrompt.Value is null ? 0 : await ids.NextAsync(IdKind.Message, ct);
        return await database.ChangeAsync<Conversation>(
            owner,
            async (unit, token) =>
            {
                var conversation = await unit.Db.Conversations.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == id, token);
                if (conversation is null) return ChatError.NotFound;
                if (update.Title.IsGiven) conversation.Title = update.Title.Value!;
                if (update.Model.IsGiven) conversation.Model = update.Model.Value;
                if (update.Archived.IsGiven) conversation.ArchivedAt = update.Archived.Value ? conversation.ArchivedAt ?? unit.Now : null;
                if (update.SystemPrompt.IsGiven) await SetSystemPromptAsync(unit, id, promptId, update.SystemPrompt.Value, token);
                unit.Tell(ChangeKind.ConversationUpdated, id);
                return conversation;
            },
            ct);
    }

    /// <summary>
    /// Removes the conversation with everything in it, and ends what is being made in it. Once it is acknowledged nothing of it is found;
    /// very many rows take longer to go.
    /// </summary>
    /// <returns>The id that is no more. Errors: NOT_FOUND.</returns>
    public async Task<Result<long>> DeleteAsync(long owner, long id, CancellationToken ct)
    {
        var deleted = await database.ChangeAsync<long>(
            owner,
            async (unit, token) =>
            {
                if (!await Eraser.MarkAsync(unit, id, token)) return ChatError.NotFound;
                unit.Tell(ChangeKind.ConversationDeleted, id);
                return id;
            },
            ct);
        if (deleted.Failed) return deleted;
        engine.AbandonConversation(owner, id);
        await eraser.EraseAsync(owner, id);
        return deleted;
    }

    /// <summary>Two conditions and not a comparison of booleans: each has its index.</summary>
    private static IQueryable<Conversation> Of(ChatDbContext db, long owner, bool archived)
    {
        var all = db.Conversations.Where(c => c.OwnerId == owner);
        return archived ? all.Where(c => c.ArchivedAt != null) : all.Where(c => c.ArchivedAt == null);
    }

    private static async Task SetSystemPromptAsync(OwnerWork unit, long conversation, long newId, string? prompt, CancellationToken ct)
    {
        var existing = await unit.Db.Messages.SingleOrDefaultAsync(
            m => m.OwnerId == unit.Owner.Id && m.ConversationId == conversation && m.Sequence == Message.SystemSequence, ct);
        if (existing is null)
        {
            if (prompt is not null) AddSystemPrompt(unit, conversation, newId, prompt);
        }
        else if (prompt is null)
        {
            unit.Db.Messages.Remove(existing);
            unit.Tell(ChangeKind.MessageDeleted, conversation, existing.Id);
        }
        else
        {
            (existing.Content, existing.EditedAt) = (prompt, unit.Now);
            await MessageIndexing.ReplaceAsync(unit, existing, ct);
            unit.Tell(ChangeKind.MessageUpdated, conversation, existing.Id);
        }
    }

    private static void AddSystemPrompt(OwnerWork unit, long conversation, long id, string prompt)
    {
        var message = new Message
        {
            OwnerId = unit.Owner.Id,
            Id = id,
            ConversationId = conversation,
            Sequence = Message.SystemSequence,
            Role = MessageRole.System,
            Content = prompt,
            CreatedAt = unit.Now,
        };
        unit.Db.Messages.Add(message);
        MessageIndexing.Add(unit, message);
        unit.Tell(ChangeKind.MessageCreated, conversation, id);
    }

    private ChatError? Check(string? title, string? systemPrompt, string? model)
    {
        if (title is not null && Input.CheckTitle(title) is { } badTitle) return badTitle;
        if (systemPrompt is not null && Input.CheckContent(systemPrompt, "systemPrompt") is { } badPrompt) return badPrompt;
        return model is null || models.Find(model) is not null ? null : ModelCatalog.NotAllowed;
    }

    private static (DateTime At, long Id)? Read(string cursor)
    {
        Span<long> keys = stackalloc long[2];
        return Cursor.TryRead(cursor, CursorKind, keys) && keys[0] >= 0 && keys[0] <= DateTime.MaxValue.Ticks
            ? (new DateTime(keys[0], DateTimeKind.Utc), keys[1])
            : null;
    }
}
