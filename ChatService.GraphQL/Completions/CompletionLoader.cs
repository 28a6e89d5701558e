using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Completions by their number, which is their message's.</summary>
public sealed class CompletionLoader(CompletionService completions, CurrentUser me)
    : BatchLoader<long, Completion>(async (ids, ct) => await completions.FindManyAsync(me.Id, ids, ct));
