namespace ChatService.Data;

public enum IdempotentOperation
{
    CreateConversation,
    CreateMessage,
    StartCompletion,
}

/// <summary>That an operation was carried out under a key, saved in the transaction of its effect.</summary>
public sealed class IdempotencyKey
{
    public long OwnerId { get; init; }

    public IdempotentOperation Operation { get; init; }

    /// <summary>1 to 255 visible ASCII characters, the caller's choice.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of what was asked for.</summary>
    public required byte[] PayloadHash { get; init; }

    /// <summary>The conversation, message or completion that came of it.</summary>
    public long ResultId { get; set; }

    /// <summary>The conversation that it came of, with which the key goes; null in rows of earlier versions.</summary>
    public long? ConversationId { get; init; }

    public DateTime CreatedAt { get; init; }
}
