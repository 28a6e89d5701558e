using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;

namespace ChatService.GraphQL;

/// <summary>A thread of messages of one user with a model.</summary>
[Implements(typeof(INode))]
public sealed class ConversationType(Conversation row) : INode
{
    /// <summary>Opaque and globally unique.</summary>
    [Id]
    public string Id => NodeId.Write(NodeKind.Conversation, row.Id);

    /// <summary>The number that the REST facade shows as the id.</summary>
    public long DatabaseId => row.Id;

    /// <summary>Whose it is: the caller's.</summary>
    public UserType Owner => new(row.OwnerId);

    /// <summary>1 to 200 UTF-16 code units; empty until it has one.</summary>
    public string Title => row.Title;

    /// <summary>What the model is told before the conversation: the content of its SYSTEM message. Null without one.</summary>
    public IDataLoaderResult<string?> SystemPrompt([FromServices] SystemPromptLoader prompts) => prompts.Load(row.Id);

    /// <summary>The configured model that answers here; null for the service's default.</summary>
    public string? Model => row.Model;

    /// <summary>When it was archived; null for a current one.</summary>
    public DateTime? ArchivedAt => row.ArchivedAt;

    /// <summary>When it was begun.</summary>
    public DateTime CreatedAt => row.CreatedAt;

    /// <summary>The last activity: lists go by it.</summary>
    public DateTime UpdatedAt => row.UpdatedAt;

    /// <summary>The messages, oldest first: the system prompt, questions, and to each question its current answer.</summary>
    /// <param name="first">Page size from the beginning, 1 to 100; 50 if neither this nor last is given.</param>
    /// <param name="after">A cursor: the page begins after it.</param>
    /// <param name="last">Page size from the end, 1 to 100; not with first.</param>
    /// <param name="before">A cursor: the page ends before it.</param>
    /// <param name="around">A message of this conversation: the page has it in its middle. Not with after, before or last.</param>
    public IDataLoaderResult<ConnectionType<MessageType>> Messages(
        [FromServices] MessagePageLoader pages, [FromServices] PageAroundLoader pagesAround, [FromServices] MessageCountLoader counts,
        int? first, string? after, int? last, string? before, [Id] string? around)
    {
        if (around is null) return pages.Load(new(row.Id, new PageRequest(first, after, last, before)), Connect);
        if (after is not null || before is not null || last is not null)
            throw new FieldError(ChatError.BadInput("around", "A page around a message has no other place."));
        return pagesAround.Load(new(row.Id, NodeId.Read(NodeKind.Message, around) ?? throw new FieldError(ChatError.NotFound), first), Connect);

        ConnectionType<MessageType> Connect(Result<Page<Message>> page) =>
            ConnectionType.From(page.OrThrow(), message => new MessageType(message), () => counts.Load(row.Id));
    }

    /// <summary>The completion that is being made now; null if none is.</summary>
    public IDataLoaderResult<CompletionType?> ActiveCompletion([FromServices] ActiveCompletionLoader running) =>
        running.Load(row.Id, completion => completion is null ? null : new CompletionType(completion));
}
