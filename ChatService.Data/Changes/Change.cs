namespace ChatService.Data;

public enum ChangeKind
{
    ConversationCreated,
    ConversationUpdated,
    ConversationDeleted,
    MessageCreated,
    MessageUpdated,
    MessageDeleted,
    CompletionStarted,
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
