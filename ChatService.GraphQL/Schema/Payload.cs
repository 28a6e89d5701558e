using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>What every mutation answers: the thing, or why there is none.</summary>
public abstract class Payload(ChatError? error)
{
    /// <summary>Why it was not done; empty if it was.</summary>
    public IReadOnlyList<UserErrorType> Errors { get; } = error is null ? [] : [UserErrorType.From(error)];
}
