using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Completions by their number, which is their message's.</summary>
public sealed class CompletionLoader(CompletionService completions, CurrentUser me)
    : BatchLoader<long, Completion>(async (ids, ct) => await completions.FindManyAsync(me.Id, ids, ct));

/// <summary>What was recalled, by the number of the completion.</summary>
public sealed class CompletionSourceLoader(CompletionService completions, CurrentUser me) : BatchLoader<long, IEnumerable<CompletionSource>>(
    async (ids, ct) => (await completions.FindSourcesAsync(me.Id, ids, ct)).ToDictionary(sources => sources.Key, sources => sources.AsEnumerable()));
