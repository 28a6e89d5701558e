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
