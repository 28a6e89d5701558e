namespace ChatService.Data;

/// <summary>A thread of messages of one owner.</summary>
public sealed class Conversation
{
    public long OwnerId { get; init; }

    public long Id { get; init; }

    /// <summary>Empty until it has one.</summary>
    public required string Title { get; set; }

    /// <summary>The configured model that answers here; null for the service's default.</summary>
    public string? Model { get; set; }

    public DateTime? ArchivedAt { get; set; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Since when it is given up; its rows go one after the other. Queries do not see such a conversation.</summary>
    public DateTime? ErasedAt { get; init; }

    /// <summary>The last activity: lists go by it.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>The sequence of the newest message there has ever been; numbers are never used again.</summary>
    public int LastSequence { get; set; }
}
