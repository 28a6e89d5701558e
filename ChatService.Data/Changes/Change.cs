namespace ChatService.Data;

/// <summary>What happened.</summary>
public enum ChangeKind
{
    /// <summary>A conversation was begun.</summary>
    ConversationCreated,

    /// <summary>A conversation's title, model, system prompt or archiving changed.</summary>
    ConversationUpdated,

    /// <summary>A conversation was deleted, with everything in it.</summary>
    ConversationDeleted,

    /// <summary>A message was added: a person's, a system prompt, or the still empty one of an answer.</summary>
    MessageCreated,

    /// <summary>What a message says was changed by a person.</summary>
    MessageUpdated,

    /// <summary>A message was deleted.</summary>
    MessageDeleted,

    /// <summary>An answer began to be made.</summary>
    CompletionStarted,

    /// <summary>An answer ended, whatever the reason; its message has its final text.</summary>
    CompletionFinished,
}

/// <summary>One fact in an owner's feed, written in the transaction of what it tells.</summary>
public sealed class Change
{
    public long OwnerId { get; init; }

    /// <summary>Numbered under the owner's row lock, so the order of numbers is the order of commits.</summary>
    public long Sequence { get; init; }

    public ChangeKind Kind { get; init; }

    public long ConversationId { get; init; }

    /// <summary>The message, or the completion, which has its message's id.</summary>
    public long? MessageId { get; init; }

    public DateTime CreatedAt { get; init; }
}
