using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>An owner's messages, written.</summary>
public sealed class MessageService(ChatDatabase database, IdBlocks ids)
{
    private static readonly ChatError _busy = new(ErrorCode.ConversationBusy, "An answer is being made of it, or to it.");

    /// <summary>Adds a message of the owner's at the end of a conversation.</summary>
    /// <returns>The message. Errors: BAD_USER_INPUT, NOT_FOUND, IDEMPOTENCY_CONFLICT.</returns>
    public async Task<Result<Once<Message>>> CreateAsync(long owner, long conversationId, string content, string? idempotencyKey, CancellationToken ct)
    {
        if ((Input.CheckContent(content) ?? Input.CheckIdempotencyKey(idempotencyKey)) is { } refused) return refused;
        var once = Idempotent.Of(IdempotentOperation.CreateMessage, idempotencyKey, new { conversationId, content });
        var id = await ids.NextAsync(IdKind.Message, ct);
        return await database.ChangeAsync<Once<Message>>(
            owner,
            async (unit, token) =>
            {
                var seen = await once.FindAsync(unit, token);
                if (seen.Failed) return seen.Error;
                if (seen.Value is { } earlier)
                {
                    var made = await MessageHistory.Kept(unit.Db, owner).SingleOrDefaultAsync(m => m.Id == earlier.ResultId, token);
                    return made is null ? ChatError.NotFound : new Once<Message>(made, Replayed: true);
                }

                var conversation = await unit.Db.Conversations.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == conversationId, token);
                if (conversation is null) return ChatError.NotFound;
                var message = Append(unit, conversation, id, MessageRole.User, content, questionId: null);
                MessageIndexing.Add(unit, message);
                once.Save(unit, conversationId, id);
                return new Once<Message>(message, Replayed: false);
            },
            ct);
    }

    /// <summary>Changes what a message of the owner's says. Answers and system prompts are not edited here.</summary>
    /// <returns>The message. Errors: BAD_USER_INPUT, NOT_FOUND.</returns>
    public async Task<Result<Message>> UpdateAsync(long owner, long id, string content, CancellationToken ct)
    {
        if (Input.CheckContent(content) is { } refused) return refused;
        return await database.ChangeAsync<Message>(
            owner,
            async (unit, token) =>
            {
                var message = await MessageHistory.Kept(unit.Db, owner).SingleOrDefaultAsync(m => m.Id == id, token);
                if (message is null) return ChatError.NotFound;
                if (message.Role != MessageRole.User) return new ChatError(ErrorCode.BadUserInput, "Only what a person wrote can be changed.", ["id"]);
                (message.Content, message.EditedAt) = (content, unit.Now);
                await MessageIndexing.ReplaceAsync(unit, message, token);
                unit.Tell(ChangeKind.MessageUpdated, message.ConversationId, id);
                return message;
            },
            ct);
    }

    /// <summary>Removes a message. Its sequence stays a hole; answers to it stay, without their question.</summary>
    /// <returns>The id that is no more. Errors: NOT_FOUND, BAD_USER_INPUT (the system prompt), CONVERSATION_BUSY.</returns>
    public Task<Result<long>> DeleteAsync(long owner, long id, CancellationToken ct) => database.ChangeAsync<long>(
        owner,
        async (unit, token) =>
        {
            var message = await MessageHistory.Kept(unit.Db, owner).SingleOrDefaultAsync(m => m.Id == id, token);
            if (message is null) return ChatError.NotFound;
            if (message.Role == MessageRole.System)
                return new ChatError(ErrorCode.BadUserInput, "The system prompt is removed by updating its conversation.", ["id"]);
            var answers = await unit.Db.Messages.Where(m => m.OwnerId == owner && m.QuestionId == id).ToListAsync(token);
            var involved = answers.Select(a => a.Id).Append(id).ToList();
            if (await unit.Db.Completions.AnyAsync(c => c.OwnerId == owner && c.Status == CompletionStatus.Running && involved.Contains(c.Id), token)) return _busy;
            // A replaced answer is only ever reached through its question.
            unit.Db.Messages.RemoveRange(answers.Where(a => a.Superseded));
            foreach (var answer in answers.Where(a => !a.Superseded)) answer.QuestionId = null;
            unit.Db.Messages.Remove(message);
            unit.Tell(ChangeKind.MessageDeleted, message.ConversationId, id);
            return id;
        },
        ct);

    /// <summary>Gives the conversation one more message: next in sequence, told in the feed.</summary>
    internal static Message Append(OwnerWork unit, Conversation conversation, long id, MessageRole role, string content, long? questionId)
    {
        var message = new Message
        {
            OwnerId = unit.Owner.Id,
            Id = id,
            ConversationId = conversation.Id,
            Sequence = ++conversation.LastSequence,
            Role = role,
            Content = content,
            CreatedAt = unit.Now,
            QuestionId = questionId,
        };
        conversation.UpdatedAt = unit.Now;
        unit.Db.Messages.Add(message);
        unit.Tell(ChangeKind.MessageCreated, conversation.Id, id);
        return message;
    }
}
