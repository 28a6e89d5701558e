using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Conversations by their number.</summary>
public sealed class ConversationLoader(ConversationService conversations, CurrentUser me)
    : BatchLoader<long, Conversation>(async (ids, ct) => await conversations.FindManyAsync(me.Id, ids, ct));

/// <summary>System prompts by their conversation.</summary>
public sealed class SystemPromptLoader(ConversationService conversations, CurrentUser me)
    : BatchLoader<long, string>(async (ids, ct) => await conversations.FindSystemPromptsAsync(me.Id, ids, ct));

/// <summary>What is being made, by its conversation.</summary>
public sealed class ActiveCompletionLoader(CompletionService completions, CurrentUser me)
    : BatchLoader<long, Completion>(async (ids, ct) => await completions.FindRunningAsync(me.Id, ids, ct));

/// <summary>A page of the caller's conversations.</summary>
public readonly record struct ConversationPage(bool Archived, PageRequest Page);

/// <summary>The caller's conversations, page by page: there is no other user whose a caller may see, so one that is asked for in many places is read once.</summary>
public sealed class ConversationPageLoader(ConversationService conversations, CurrentUser me) : BatchLoader<ConversationPage, Result<Page<Conversation>>>(
    async (wanted, ct) =>
    {
        var found = new Dictionary<ConversationPage, Result<Page<Conversation>>>();
        foreach (var one in wanted) found[one] = await conversations.ListAsync(me.Id, one.Archived, one.Page, ct);
        return found;
    });

/// <summary>How many conversations the caller has, by whether they are archived.</summary>
public sealed class ConversationCountLoader(ConversationService conversations, CurrentUser me) : BatchLoader<bool, int>(
    async (wanted, ct) =>
    {
        var found = new Dictionary<bool, int>();
        foreach (var archived in wanted) found[archived] = await conversations.CountAsync(me.Id, archived, ct);
        return found;
    });
