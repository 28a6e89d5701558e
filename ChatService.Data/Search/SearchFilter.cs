namespace ChatService.Data;

/// <summary>Which of an owner's messages a search looks at. Null: whatever it is. An empty list: none.</summary>
public sealed record SearchFilter
{
    public static readonly SearchFilter All = new();

    public IReadOnlyList<long>? Conversations { get; init; }

    public IReadOnlyList<MessageRole>? Roles { get; init; }

    /// <summary>Exclusive, as is <see cref="CreatedBefore"/>.</summary>
    public DateTime? CreatedAfter { get; init; }

    public DateTime? CreatedBefore { get; init; }

    public long? ExceptConversation { get; init; }

    public long? ExceptMessage { get; init; }

    /// <summary>When the first page was read: what was written since is on none of the others.</summary>
    internal DateTime? Until { get; init; }
}
