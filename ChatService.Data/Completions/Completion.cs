namespace ChatService.Data;

public enum CompletionStatus
{
    Running,
    Completed,
    Cancelled,
    Failed,

    /// <summary>The instance that made it is gone.</summary>
    Interrupted,
}

/// <summary>The provider's word for why it stopped.</summary>
public enum FinishReason
{
    Stop,
    Length,
    ContentFilter,
    Other,
}

public enum CompletionErrorCode
{
    ProviderError,
    ProviderIncomplete,
    ProviderUnavailable,
    ProviderTimeout,
    StorageUnavailable,
    Internal,
}

/// <summary>One answer being made, or how its making ended. It has the id of the message that it makes.</summary>
public sealed class Completion
{
    public long OwnerId { get; init; }

    public long Id { get; init; }

    public long ConversationId { get; init; }

    public CompletionStatus Status { get; set; }

    /// <summary>The configured name, fixed when the completion was started, like the two settings below.</summary>
    public required string Model { get; init; }

    public float? Temperature { get; init; }

    /// <summary>Tokens.</summary>
    public int MaxOutputTokens { get; init; }

    /// <summary>Whether a search in the owner's other conversations goes before the model.</summary>
    public bool Recall { get; init; }

    /// <summary>Null unless <see cref="CompletionStatus.Completed"/>.</summary>
    public FinishReason? FinishReason { get; set; }

    public int? InputTokens { get; set; }

    public int? OutputTokens { get; set; }

    /// <summary>Whether the usage was counted here because the provider gave none.</summary>
    public bool UsageEstimated { get; set; }

    public CompletionErrorCode? ErrorCode { get; set; }

    /// <summary>Messages that went before the model.</summary>
    public int ContextMessages { get; set; }

    /// <summary>Earlier messages for which the model's context had no room.</summary>
    public int ContextDropped { get; set; }

    public int ContextTokens { get; set; }

    /// <summary>The instance that makes it.</summary>
    public Guid Instance { get; init; }

    /// <summary>Renewed while the instance lives; once it has run out, the completion is settled as interrupted.</summary>
    public DateTime LeaseUntil { get; set; }

    public DateTime? CancelRequestedAt { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime? FinishedAt { get; set; }
}

/// <summary>One piece of an answer that is being made. Append-only; gone once the message has the whole.</summary>
public sealed class CompletionText
{
    public long OwnerId { get; init; }

    public long CompletionId { get; init; }

    /// <summary>Where the piece begins, in UTF-16 code units.</summary>
    public int Offset { get; init; }

    public required string Content { get; init; }
}
