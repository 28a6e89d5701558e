using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>
/// Whose turn it is in a conversation: the question that wants an answer, the answer it may have, and the model that is to give one.
/// Found and acted upon in one transaction, under the owner's lock.
/// </summary>
internal sealed record CompletionTurn(Conversation Conversation, ChatModel Model, Message? Question, Message? Answer, Completion? Existing)
{
    private static readonly ChatError _busy = new(ErrorCode.ConversationBusy, "An answer is being made in this conversation.", ["conversationId"]);
    private static readonly ChatError _nothing = new(ErrorCode.NothingToComplete, "There is no question to answer.", ["conversationId"]);

    /// <returns>Errors: NOT_FOUND, MODEL_NOT_ALLOWED, CONVERSATION_BUSY, NOTHING_TO_COMPLETE.</returns>
    public static async Task<Result<CompletionTurn>> FindAsync(
        OwnerWork unit, CompletionRequest request, IdempotencyKey? earlier, ModelCatalog models, CancellationToken ct)
    {
        var owner = unit.Owner.Id;
        var conversation = await unit.Db.Conversations.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == request.ConversationId, ct);
        if (conversation is null) return ChatError.NotFound;
        var name = request.Model ?? conversation.Model;
        if ((name is null ? models.Default : models.Find(name)) is not { } model) return ModelCatalog.NotAllowed;

        Message? question = null;
        if (earlier is not null)
        {
            var made = await unit.Db.Completions.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == earlier.ResultId, ct);
            if (made is null) return ChatError.NotFound;
            if (made.Status is not (CompletionStatus.Failed or CompletionStatus.Interrupted)) return new CompletionTurn(conversation, model, null, null, made);
            // What failed may be tried again with the same key, on the question that is stored.
            question = await (from answer in unit.Db.Messages
                              join asked in unit.Db.Messages on new { answer.OwnerId, Id = answer.QuestionId!.Value } equals new { asked.OwnerId, asked.Id }
                              where answer.OwnerId == owner && answer.Id == made.Id
                              select asked).SingleOrDefaultAsync(ct);
            if (question is null) return _nothing;
        }

        if (await unit.Db.Completions.AnyAsync(c => c.OwnerId == owner && c.ConversationId == conversation.Id && c.Status == CompletionStatus.Running, ct))
            return _busy;
        if (question is null && request.Content is not null) return new CompletionTurn(conversation, model, null, null, null);
        question ??= await unit.Db.Messages.Where(m => m.OwnerId == owner && m.ConversationId == conversation.Id && m.Role == MessageRole.User)
            .OrderByDescending(m => m.Sequence).FirstOrDefaultAsync(ct);
        if (question is null) return _nothing;

        var current = await unit.Db.Messages.SingleOrDefaultAsync(m => m.OwnerId == owner && m.QuestionId == question.Id && !m.Superseded, ct);
        var by = current is null ? null : await unit.Db.Completions.SingleOrDefaultAsync(c => c.OwnerId == owner && c.Id == current.Id, ct);
        var answered = by is { Status: CompletionStatus.Completed } && !request.Regenerate;
        return new CompletionTurn(conversation, model, question, current, answered ? by : null);
    }

    /// <summary>Writes the turn: the question if it is new, the empty answer in place of the one before, and the completion.</summary>
    /// <returns>What the engine is to run once this is committed. Errors: BAD_USER_INPUT, CONTEXT_OVERFLOW.</returns>
    public async Task<Result<CompletionRun>> BeginAsync(
        OwnerWork unit, CompletionRequest request, IReadOnlyList<RankedMessage> recalled, long questionId, long answerId, Guid instance, TimeSpan lease,
        CancellationToken ct)
    {
        var maxOutputTokens = Math.Min(request.MaxOutputTokens ?? Model.MaxOutputTokens, Model.MaxOutputTokens);
        var question = Question ?? Ask(unit, questionId, request.Content!);
        var prompt = await Prompt.BuildAsync(unit, Conversation.Id, question, recalled, Model, maxOutputTokens, ct);
        if (prompt.Failed) return prompt.Error;

        if (Answer is not null)
        {
            Answer.Superseded = true;
            await MessageIndexing.RemoveAsync(unit, Answer, ct);
            // Before the new answer is inserted: the index allows one current answer at every moment.
            await unit.Db.SaveChangesAsync(ct);
        }

        var answer = MessageService.Append(unit, Conversation, answerId, MessageRole.Assistant, "", question.Id);
        var row = new Completion
        {
            OwnerId = unit.Owner.Id,
            Id = answer.Id,
            ConversationId = Conversation.Id,
            Status = CompletionStatus.Running,
            Model = Model.Name,
            Temperature = request.Temperature,
            MaxOutputTokens = maxOutputTokens,
            Recall = request.Recall,
            ContextMessages = prompt.Value.MessageCount,
            ContextDropped = prompt.Value.DroppedCount,
            ContextTokens = prompt.Value.Tokens,
            Instance = instance,
            LeaseUntil = unit.Now + lease,
            CreatedAt = unit.Now,
        };
        unit.Db.Completions.Add(row);
        foreach (var (place, excerpt) in (prompt.Value.Recalled?.Excerpts ?? []).Index())
        {
            unit.Db.CompletionSources.Add(new CompletionSource
            {
                OwnerId = row.OwnerId,
                CompletionId = row.Id,
                Rank = place + 1,
                MessageId = excerpt.Message.Id,
                Score = excerpt.Score,
            });
        }

        unit.Tell(ChangeKind.CompletionStarted, Conversation.Id, row.Id);
        return new CompletionRun(row, prompt.Value, Model);
    }

    private Message Ask(OwnerWork unit, long id, string content)
    {
        var question = MessageService.Append(unit, Conversation, id, MessageRole.User, content, questionId: null);
        MessageIndexing.Add(unit, question);
        return question;
    }
}
