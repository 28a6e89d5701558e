namespace ChatService.Data;

/// <summary>Where a completion stands. Whatever ended it, the text made until then is kept.</summary>
public enum CompletionStatus
{
    /// <summary>The answer is being made.</summary>
    Running,

    /// <summary>The provider said that it had finished, and why.</summary>
    Completed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,

    /// <summary>The provider or the service failed: see its error.</summary>
    Failed,

    /// <summary>The instance of the service that made it is gone. Completing the question again makes a new answer.</summary>
    Interrupted,
}

/// <summary>The provider's word for why it stopped.</summary>
public enum FinishReason
{
    /// <summary>The answer is whole.</summary>
    Stop,

    /// <summary>The limit of output tokens was reached.</summary>
    Length,

    /// <summary>The provider's filter left out the rest.</summary>
    ContentFilter,

    /// <summary>A reason that only this provider knows.</summary>
    Other,
}

/// <summary>Why a completion failed.</summary>
public enum CompletionErrorCode
{
    /// <summary>The provider refused the request or answered nonsense.</summary>
    ProviderError,

    /// <summary>The provider's answer broke off.</summary>
    ProviderIncomplete,

    /// <summary>The provider cannot be reached or has no capacity.</summary>
    ProviderUnavailable,

    /// <summary>The provider took too long.</summary>
    ProviderTimeout,

    /// <summary>The answer could not be stored.</summary>
    StorageUnavailable,

    /// <summary>A fault of this service.</summary>
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
