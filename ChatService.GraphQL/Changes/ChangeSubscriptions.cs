using System.Runtime.CompilerServices;
using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Query
{
    /// <summary>
    /// Where the caller's feed of changes stood before any other field of the query was read. Ask for it together with what is to be shown, then
    /// subscribe to changes from here: nothing is missed.
    /// </summary>
    [ReadFirst]
    public static async Task<string?> ChangeCursorAsync([FromServices] ChangeFeed feed, [FromServices] CurrentUser me, CancellationToken ct) =>
        await feed.FindCursorAsync(me.Id, ct);
}

public partial class Subscription
{
    /// <summary>
    /// What changed in the caller's conversations since a cursor, then what changes, each once and in order; it never ends by itself.
    /// Errors: CURSOR_EXPIRED after 7 days (query again), BAD_USER_INPUT, NOT_FOUND.
    /// </summary>
    /// <param name="after">The cursor of the last change that the client knows, or changeCursor; now if absent.</param>
    /// <param name="conversationId">Only what happens in this conversation.</param>
    public static async Task<IAsyncEnumerable<ChangeType>> ChangesAsync(
        [FromServices] ChangeFeed feed, [FromServices] CurrentUser me, string? after = null, [Id] string? conversationId = null, CancellationToken ct = default)
    {
        var owner = me.Id;
        var conversation = conversationId is null ? null : NodeId.Read(NodeKind.Conversation, conversationId);
        if (conversationId is not null && conversation is null) throw new FieldError(ChatError.NotFound);
        return Wrap((await feed.WatchAsync(owner, after, conversation, ct)).OrThrow(), ct);
    }

    private static async IAsyncEnumerable<ChangeType> Wrap(IAsyncEnumerable<Change> changes, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var change in changes.WithCancellation(ct)) yield return new ChangeType(change);
    }
}
