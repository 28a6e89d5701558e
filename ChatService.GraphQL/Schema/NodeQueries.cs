using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

/// <summary>What can be read.</summary>
public partial class Query
{
    private const int MaximumIds = 100;

    /// <summary>Any object of the caller's by its id; null if there is none.</summary>
    /// <param name="id">Of whatever kind.</param>
    public static async Task<INode?> NodeAsync([Id] string id, [FromServices] NodeFinder nodes, CancellationToken ct) => (await nodes.FindAsync([id], ct))[0];

    /// <summary>Objects of the caller's, in the order of their ids, null where there is none. At most 100 ids.</summary>
    /// <param name="ids">Of whatever kinds, at most 100.</param>
    public static async Task<IEnumerable<INode?>> NodesAsync([Id] IReadOnlyList<string> ids, [FromServices] NodeFinder nodes, CancellationToken ct) =>
        ids.Count <= MaximumIds ? await nodes.FindAsync(ids, ct) : throw new FieldError(ChatError.BadInput("ids", $"At most {MaximumIds} ids."));
}

/// <summary>What can be changed.</summary>
public partial class Mutation;

/// <summary>What can be watched.</summary>
public partial class Subscription;

/// <summary>Finds objects by their global ids: one query for each kind, whatever the number of ids.</summary>
public sealed class NodeFinder(ConversationService conversations, MessageHistory messages, CompletionService completions, CurrentUser me)
{
    public async Task<IReadOnlyList<INode?>> FindAsync(IReadOnlyList<string> ids, CancellationToken ct)
    {
        var owner = me.Id;
        var wanted = ids.Select(NodeId.Read).ToArray();
        var ofKind = wanted.OfType<(NodeKind Kind, long Id)>().ToLookup(node => node.Kind, node => node.Id);
        var foundConversations = await FindAsync(NodeKind.Conversation, (some, stop) => conversations.FindManyAsync(owner, some, stop));
        var foundMessages = await FindAsync(NodeKind.Message, (some, stop) => messages.FindManyAsync(owner, some, stop));
        var foundCompletions = await FindAsync(NodeKind.Completion, (some, stop) => completions.FindManyAsync(owner, some, stop));
        return [.. wanted.Select(Wrap)];

        async Task<Dictionary<long, T>> FindAsync<T>(NodeKind kind, Func<IReadOnlyCollection<long>, CancellationToken, Task<Dictionary<long, T>>> find) =>
            ofKind[kind].ToHashSet() is { Count: > 0 } some ? await find(some, ct) : [];

        INode? Wrap((NodeKind Kind, long Id)? node) => node switch
        {
            null => null,
            (NodeKind.User, var id) => id == owner ? new UserType(id) : null,
            (NodeKind.Conversation, var id) => foundConversations.TryGetValue(id, out var row) ? new ConversationType(row) : null,
            (NodeKind.Message, var id) => foundMessages.TryGetValue(id, out var row) ? new MessageType(row) : null,
            (NodeKind.Completion, var id) => foundCompletions.TryGetValue(id, out var row) ? new CompletionType(row) : null,
            _ => null,
        };
    }
}
