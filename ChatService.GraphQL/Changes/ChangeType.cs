using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;

namespace ChatService.GraphQL;

/// <summary>One fact in the caller's feed. The objects are as they are now, which can be later than the fact; null once they are deleted.</summary>
public sealed class ChangeType(Change row)
{
    /// <summary>Where the feed stands after it: subscribe from here and the next change is the first.</summary>
    public string Cursor => ChangeFeed.CursorOf(row);

    /// <summary>What happened.</summary>
    public ChangeKind Kind => row.Kind;

    /// <summary>Where it happened.</summary>
    [Id]
    public string ConversationId => NodeId.Write(NodeKind.Conversation, row.ConversationId);

    /// <summary>The message that it is about; null if it is about the conversation.</summary>
    [Id]
    public string? MessageId => row.MessageId is { } id ? NodeId.Write(NodeKind.Message, id) : null;

    /// <summary>The completion that it is about.</summary>
    [Id]
    public string? CompletionId => CompletionNumber is { } id ? NodeId.Write(NodeKind.Completion, id) : null;

    /// <summary>The conversation, if it is still there.</summary>
    public IDataLoaderResult<ConversationType?> Conversation([FromServices] ConversationLoader conversations) =>
        conversations.Load(row.ConversationId, conversation => conversation is null ? null : new ConversationType(conversation));

    /// <summary>The message, if there is one and it is still there.</summary>
    public IDataLoaderResult<MessageType?>? Message([FromServices] MessageLoader messages) =>
        row.MessageId is { } id ? messages.Load(id, message => message is null ? null : new MessageType(message)) : null;

    /// <summary>The completion, if there is one and it is still there.</summary>
    public IDataLoaderResult<CompletionType?>? Completion([FromServices] CompletionLoader completions) =>
        CompletionNumber is { } id ? completions.Load(id, completion => completion is null ? null : new CompletionType(completion)) : null;

    private long? CompletionNumber => row.Kind is ChangeKind.CompletionStarted or ChangeKind.CompletionFinished ? row.MessageId : null;
}
