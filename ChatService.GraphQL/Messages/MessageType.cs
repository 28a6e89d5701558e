using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;
using GraphQL.Types;

namespace ChatService.GraphQL;

/// <summary>What was said once in a conversation.</summary>
[Implements(typeof(INode))]
public sealed class MessageType(Message row) : INode
{
    private const int MaximumAlternatives = 100;

    private static readonly MessageType[] _none = [];

    /// <summary>Opaque and globally unique.</summary>
    [Id]
    public string Id => NodeId.Write(NodeKind.Message, row.Id);

    /// <summary>The number that the REST facade shows as the id.</summary>
    public long DatabaseId => row.Id;

    /// <summary>The conversation that it is part of.</summary>
    public IDataLoaderResult<ConversationType> Conversation([FromServices] ConversationLoader conversations) =>
        conversations.Load(row.ConversationId, conversation => conversation is null ? throw new FieldError(ChatError.NotFound) : new ConversationType(conversation));

    /// <summary>Its place in the conversation: increasing, never reused, a deletion leaves a hole. 0 is the SYSTEM message's.</summary>
    public int Sequence => row.Sequence;

    /// <summary>Who speaks.</summary>
    public MessageRole Role => row.Role;

    /// <summary>What is said, exactly as it was sent; for an answer that is being made, its text so far.</summary>
    [OutputType(typeof(NonNullGraphType<StringGraphType>))]
    public object Content([FromServices] MessageTextLoader texts) =>
        row.Role == MessageRole.Assistant && row.Content.Length == 0 ? texts.Load(row.Id, text => text ?? "") : row.Content;

    /// <summary>When it was written; for an answer, when it was begun.</summary>
    public DateTime CreatedAt => row.CreatedAt;

    /// <summary>When its content was last changed; null if never.</summary>
    public DateTime? EditedAt => row.EditedAt;

    /// <summary>The completion that made this message; null for what a person wrote.</summary>
    public IDataLoaderResult<CompletionType?>? Completion([FromServices] CompletionLoader completions) =>
        row.Role == MessageRole.Assistant ? completions.Load(row.Id, completion => completion is null ? null : new CompletionType(completion)) : null;

    /// <summary>Earlier answers to the same question, replaced by regenerate or by another try, oldest first.</summary>
    /// <param name="count">The latest so many of them, 0 to 100.</param>
    [OutputType(typeof(NonNullGraphType<ListGraphType<NonNullGraphType<AutoRegisteringObjectGraphType<MessageType>>>>))]
    public object Alternatives([FromServices] ReplacedAnswerLoader replaced, int count = 10)
    {
        if (count is < 0 or > MaximumAlternatives) throw new FieldError(ChatError.BadInput("count", $"0 to {MaximumAlternatives} answers."));
        if (count == 0 || row.QuestionId is not { } question) return _none;
        // One more than is wanted, because the message itself may be among them.
        return replaced.Load(
            new(question, count + 1),
            answers => (answers ?? []).Where(answer => answer.Id != row.Id).TakeLast(count).Select(answer => new MessageType(answer)).ToArray());
    }
}
