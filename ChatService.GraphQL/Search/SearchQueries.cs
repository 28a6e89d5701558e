using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Query
{
    /// <summary>
    /// Searches everything that was said in the caller's conversations: what people wrote, system prompts, and finished answers.
    /// Pages forwards only; at most 500 hits in all, and an empty list where nothing is relevant. Words are looked for in the newest
    /// messages first, for half of the service's deadline (a second, unless configured): what there is no time for is not found.
    /// </summary>
    /// <param name="query">Words and "phrases", 1 to 1,000 UTF-16 code units; nothing else is syntax.</param>
    /// <param name="mode">How messages are compared with the text.</param>
    /// <param name="filter">Which messages are looked at.</param>
    /// <param name="first">Page size, 1 to 100.</param>
    /// <param name="after">A cursor of the same search: the page begins after it.</param>
    /// <returns>Errors: BAD_USER_INPUT.</returns>
    public static async Task<MessageSearchConnectionType?> SearchMessagesAsync(
        [FromServices] SearchService search, [FromServices] SearchTurns turns, [FromServices] CurrentUser me, string query, SearchMode mode = SearchMode.Hybrid, MessageFilter? filter = null,
        int first = 10, string? after = null, CancellationToken ct = default)
    {
        var owner = me.Id;
        var wanted = filter?.ToFilter() ?? SearchFilter.All;
        if (wanted.Failed) throw new FieldError(wanted.Error);
        using var turn = await turns.WaitAsync(owner, ct);
        var page = await search.SearchAsync(owner, new SearchRequest(query, mode, wanted.Value, first, after), ct);
        return new MessageSearchConnectionType(page.OrThrow());
    }

    /// <summary>How far the search index is with the caller's messages.</summary>
    public static async Task<SearchStatusType?> SearchStatusAsync([FromServices] SearchService search, [FromServices] CurrentUser me, CancellationToken ct) =>
        new(await search.StatusAsync(me.Id, ct));
}

/// <summary>Which messages a search looks at. What is not given does not matter; an empty list matches nothing.</summary>
public sealed class MessageFilter
{
    private const int MaximumIds = 100;

    /// <summary>At most 100; one that the caller does not have matches nothing.</summary>
    [Id]
    public IReadOnlyList<string>? ConversationIds { get; init; }

    /// <summary>Who speaks.</summary>
    public IReadOnlyList<MessageRole>? Roles { get; init; }

    /// <summary>Written after this moment.</summary>
    public DateTime? CreatedAfter { get; init; }

    /// <summary>Written before this moment.</summary>
    public DateTime? CreatedBefore { get; init; }

    internal Result<SearchFilter> ToFilter() => ConversationIds?.Count > MaximumIds
        ? ChatError.BadInput("conversationIds", $"At most {MaximumIds} ids.")
        : new SearchFilter
        {
            Conversations = ConversationIds?.Select(id => NodeId.Read(NodeKind.Conversation, id)).OfType<long>().ToList(),
            Roles = Roles,
            CreatedAfter = CreatedAfter?.ToUniversalTime(),
            CreatedBefore = CreatedBefore?.ToUniversalTime(),
        };
}

/// <summary>How far the search index is.</summary>
public sealed class SearchStatusType(SearchStatus status)
{
    /// <summary>The model whose vectors are searched; a newly configured one only once it has seen all messages.</summary>
    public string Model => status.Model;

    /// <summary>Whether it knows meanings: false for the built-in one, which knows words, their forms and their parts.</summary>
    public bool ByMeaning => status.ByMeaning;

    /// <summary>Messages that every mode finds.</summary>
    public int Indexed => status.Indexed;

    /// <summary>Messages that are found by words, but not by meaning yet.</summary>
    public int Pending => status.Pending;

    /// <summary>Messages that the model refused: they are found by words alone.</summary>
    public int Failed => status.Failed;
}
