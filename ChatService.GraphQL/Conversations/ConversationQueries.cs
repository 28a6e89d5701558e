using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Query
{
    /// <summary>A conversation of the caller's; null if there is none with this id.</summary>
    /// <param name="id">The conversation.</param>
    public static async Task<ConversationType?> ConversationAsync(
        [Id] string id, [FromServices] ConversationService conversations, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return NodeId.Read(NodeKind.Conversation, id) is { } number && await conversations.FindAsync(owner, number, ct) is { } row
            ? new ConversationType(row)
            : null;
    }
}
