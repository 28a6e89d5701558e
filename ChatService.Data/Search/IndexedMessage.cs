namespace ChatService.Data;

/// <summary>
/// A message that search can find: a person's, a system prompt, or a finished answer that none has replaced. Written and removed in the
/// transaction of the message; what filters ask for is repeated here, so that they act inside the search.
/// </summary>
public sealed class IndexedMessage
{
    public long OwnerId { get; init; }

    public long MessageId { get; init; }

    public long ConversationId { get; init; }

    public MessageRole Role { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>As <see cref="Analyzer.ForIndex(string)"/> writes them; empty for a message without words.</summary>
    public required string Terms { get; init; }
}
