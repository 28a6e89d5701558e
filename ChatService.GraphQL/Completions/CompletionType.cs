using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;

namespace ChatService.GraphQL;

/// <summary>One answer being made, or how its making ended.</summary>
[Implements(typeof(INode))]
public sealed class CompletionType(Completion row) : INode
{
    /// <summary>Opaque and globally unique.</summary>
    [Id]
    public string Id => NodeId.Write(NodeKind.Completion, row.Id);

    /// <summary>Its number, which is also its message's.</summary>
    public long DatabaseId => row.Id;

    /// <summary>Where it is made.</summary>
    public IDataLoaderResult<ConversationType> Conversation([FromServices] ConversationLoader conversations) =>
        conversations.Load(row.ConversationId, conversation => conversation is null ? throw new FieldError(ChatError.NotFound) : new ConversationType(conversation));

    /// <summary>What it answers; null once that is deleted.</summary>
    public IDataLoaderResult<MessageType?> Question([FromServices] QuestionLoader questions) =>
        questions.Load(row.Id, question => question is null ? null : new MessageType(question));

    /// <summary>The message that it makes: while it is RUNNING, with the text so far.</summary>
    public IDataLoaderResult<MessageType> Message([FromServices] MessageLoader messages) =>
        messages.Load(row.Id, message => message is null ? throw new FieldError(ChatError.NotFound) : new MessageType(message));

    /// <summary>Where it stands.</summary>
    public CompletionStatus Status => row.Status;

    /// <summary>Why the provider stopped; null unless COMPLETED.</summary>
    public FinishReason? FinishReason => row.FinishReason;

    /// <summary>The configured name of the model, fixed when it was started.</summary>
    public string Model => row.Model;

    /// <summary>What it took; null while it is RUNNING, and where that was never learnt.</summary>
    public UsageType? Usage => row is { InputTokens: { } input, OutputTokens: { } output } ? new UsageType(input, output, row.UsageEstimated) : null;

    /// <summary>Why it failed; null unless FAILED.</summary>
    public CompletionErrorType? Error => row.ErrorCode is { } code ? new CompletionErrorType(code) : null;

    /// <summary>What the model was given.</summary>
    public CompletionContextType Context => new(row);

    /// <summary>The recalled messages that went into the prompt, the best first; those deleted since are left out.</summary>
    public IDataLoaderResult<IEnumerable<CompletionSourceType>> Sources([FromServices] CompletionSourceLoader sources) =>
        sources.Load(row.Id, found => (found ?? []).Select(source => new CompletionSourceType(source)));

    /// <summary>When it was started.</summary>
    public DateTime CreatedAt => row.CreatedAt;

    /// <summary>When it ended; null while it is RUNNING.</summary>
    public DateTime? FinishedAt => row.FinishedAt;
}

/// <summary>A message that was recalled for a completion.</summary>
public sealed class CompletionSourceType(CompletionSource row)
{
    /// <summary>The message, of whatever conversation.</summary>
    public IDataLoaderResult<MessageType> Message([FromServices] MessageLoader messages) =>
        messages.Load(row.MessageId, message => message is null ? throw new FieldError(ChatError.NotFound) : new MessageType(message));

    /// <summary>How well it fitted the question; comparable within one completion only.</summary>
    public double Score => row.Score;
}

/// <summary>Tokens that a completion took.</summary>
public sealed class UsageType(int inputTokens, int outputTokens, bool estimated)
{
    /// <summary>Of the prompt.</summary>
    public int InputTokens => inputTokens;

    /// <summary>Of the answer.</summary>
    public int OutputTokens => outputTokens;

    /// <summary>Whether they were counted here, because the provider did not tell.</summary>
    public bool Estimated => estimated;
}

/// <summary>Why a completion failed.</summary>
public sealed class CompletionErrorType(CompletionErrorCode code)
{
    /// <summary>For programs.</summary>
    public CompletionErrorCode Code => code;

    /// <summary>For people.</summary>
    public string Message => code switch
    {
        CompletionErrorCode.ProviderError => "The model's provider refused the request or answered nonsense.",
        CompletionErrorCode.ProviderIncomplete => "The model's answer broke off.",
        CompletionErrorCode.ProviderUnavailable => "The model's provider cannot be reached or has no capacity.",
        CompletionErrorCode.ProviderTimeout => "The model's provider took too long.",
        CompletionErrorCode.StorageUnavailable => "The answer could not be stored.",
        CompletionErrorCode.Internal => "Something went wrong on our side.",
    };

    /// <summary>Whether the same request may do better later.</summary>
    public bool Retryable => code is not CompletionErrorCode.ProviderError;
}

/// <summary>What the model was given.</summary>
public sealed class CompletionContextType(Completion row)
{
    /// <summary>Messages of the conversation that went before the model, the system prompt and the question included.</summary>
    public int MessageCount => row.ContextMessages;

    /// <summary>Earlier messages for which the model's context had no room, counted up to 10,000.</summary>
    public int DroppedCount => row.ContextDropped;

    /// <summary>Tokens of all that, counted or estimated before the request.</summary>
    public int EstimatedTokens => row.ContextTokens;
}
