namespace ChatService.Data;

/// <summary>Who speaks in a message.</summary>
public enum MessageRole
{
    /// <summary>The conversation's system prompt: its first message, with sequence 0.</summary>
    System,

    /// <summary>The person.</summary>
    User,

    /// <summary>The model, in an answer made by a completion.</summary>
    Assistant,
}

/// <summary>What was said once in a conversation, by a person or by a model.</summary>
public sealed class Message
{
    public const int SystemSequence = 0;

    public long OwnerId { get; init; }

    public long Id { get; init; }

    public long ConversationId { get; init; }

    /// <summary>Its place in the conversation: increasing, never reused; <see cref="SystemSequence"/> is the system prompt's.</summary>
    public int Sequence { get; init; }

    public MessageRole Role { get; init; }

    /// <summary>Empty while a completion is making it: the text so far is in <see cref="CompletionText"/> then.</summary>
    public required string Content
    {
        get;
        set
        {
            field = value;
            TextMeter.Hear(value.Length);
        }
    }

    public DateTime CreatedAt { get; init; }

    public DateTime? EditedAt { get; set; }

    /// <summary>For an answer, the question; null once that is deleted.</summary>
    public long? QuestionId { get; set; }

    /// <summary>An answer that another one has replaced: listed as an alternative, not in the conversation.</summary>
    public bool Superseded { get; set; }
}
