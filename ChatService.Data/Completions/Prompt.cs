using Microsoft.EntityFrameworkCore;
using Microsoft.SemanticKernel.ChatCompletion;

namespace ChatService.Data;

/// <summary>What goes before the model: the system prompt, then as much of the conversation as fits, the newest kept, the question last.</summary>
/// <param name="MessageCount">Messages of the conversation in it, the system prompt and the question included.</param>
/// <param name="DroppedCount">Earlier messages for which there was no room, 10,000 at most.</param>
/// <param name="Recalled">What goes in besides, just before the question.</param>
internal sealed record Prompt(ChatHistory History, int MessageCount, int DroppedCount, int Tokens, RecalledMessages? Recalled)
{
    private const int PageSize = 50;

    /// <summary>So many of what was dropped are counted: all of a long history would take the owner's lock for longer than a unit may.</summary>
    private const int MostCounted = 10_000;

    private static readonly ChatError _overflow =
        new(ErrorCode.ContextOverflow, "The question is longer than the model's context.", ["content"]);

    /// <summary>Reads what came before the question, newest first, until the room is used up.</summary>
    /// <returns>CONTEXT_OVERFLOW when the system prompt and the question alone do not fit.</returns>
    public static async Task<Result<Prompt>> BuildAsync(
        OwnerWork unit, long conversation, Message question, IReadOnlyList<RankedMessage> recalled, ChatModel model, int maxOutputTokens, CancellationToken ct)
    {
        // The model's context is its bound, and none of it is answered to whoever asks.
        TextMeter.Listen(null);
        var room = model.ContextTokens - maxOutputTokens - Cost(model, question.Content);
        var system = await unit.Db.Messages.AsNoTracking().SingleOrDefaultAsync(
            m => m.OwnerId == unit.Owner.Id && m.ConversationId == conversation && m.Sequence == Message.SystemSequence, ct);
        if (system is not null) room -= Cost(model, system.Content);
        if (room < 0) return _overflow;
        var memory = await RecalledMessages.ReadAsync(unit, recalled, model, room, ct);
        if (memory is not null) room -= Cost(model, memory.Content!);

        List<Message> kept = [question];
        var oldest = question.Sequence;
        for (var full = false; !full;)
        {
            var page = await Complete(unit, conversation, oldest).OrderByDescending(m => m.Sequence).Take(PageSize).ToListAsync(ct);
            full = page.Count < PageSize;
            foreach (var message in page)
            {
                var cost = Cost(model, message.Content);
                if (cost > room)
                {
                    full = true;
                    break;
                }

                room -= cost;
                kept.Add(message);
                oldest = message.Sequence;
            }
        }

        var dropped = await Complete(unit, conversation, oldest).Take(MostCounted).CountAsync(ct);
        var history = new ChatHistory();
        if (system is not null) history.AddSystemMessage(system.Content);
        foreach (var message in Enumerable.Reverse(kept))
        {
            if (message == question && memory is not null) history.Add(memory);
            if (message.Role == MessageRole.User) history.AddUserMessage(message.Content);
            else history.AddAssistantMessage(message.Content);
        }

        var ofConversation = history.Count - (memory is null ? 0 : 1);
        return new Prompt(history, ofConversation, dropped, model.ContextTokens - maxOutputTokens - room, memory);
    }

    /// <summary>What people wrote, and answers that came to their end or were stopped with some text.</summary>
    private static IQueryable<Message> Complete(OwnerWork unit, long conversation, int before) =>
        from message in unit.Db.Messages.AsNoTracking()
        where message.OwnerId == unit.Owner.Id && message.ConversationId == conversation && !message.Superseded
            && message.Sequence > Message.SystemSequence && message.Sequence < before
        join made in unit.Db.Completions on new { message.OwnerId, message.Id } equals new { made.OwnerId, made.Id } into completions
        from completion in completions.DefaultIfEmpty()
        where message.Role == MessageRole.User
            || completion.Status == CompletionStatus.Completed
            || (completion.Status == CompletionStatus.Cancelled && message.Content != "")
        select message;

    private static int Cost(ChatModel model, string text) => model.Tokens.Count(text) + TokenCounter.PerMessage;
}
