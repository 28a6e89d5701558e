using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Mutation
{
    /// <summary>Adds a message of role USER to a conversation. It is not answered until a completion is asked for.</summary>
    /// <param name="input">The new message.</param>
    /// <returns>Errors: NOT_FOUND, BAD_USER_INPUT, IDEMPOTENCY_CONFLICT.</returns>
    public static async Task<CreateMessagePayload?> CreateMessageAsync(
        CreateMessageInput input, [FromServices] MessageService messages, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return new(await NodeId.Then(
            NodeKind.Conversation, input.ConversationId, id => messages.CreateAsync(owner, id, input.Content, input.IdempotencyKey, ct)));
    }

    /// <summary>Changes what one of the caller's USER messages says.</summary>
    /// <param name="input">Which message, and what it says now.</param>
    /// <returns>Errors: NOT_FOUND, BAD_USER_INPUT.</returns>
    public static async Task<UpdateMessagePayload?> UpdateMessageAsync(
        UpdateMessageInput input, [FromServices] MessageService messages, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return new(await NodeId.Then(NodeKind.Message, input.Id, id => messages.UpdateAsync(owner, id, input.Content, ct)));
    }

    /// <summary>Deletes a message, but not the SYSTEM one. Answers to it stay.</summary>
    /// <param name="input">Which message.</param>
    /// <returns>Errors: NOT_FOUND, BAD_USER_INPUT; CONVERSATION_BUSY while it is being made or answered.</returns>
    public static async Task<DeleteMessagePayload?> DeleteMessageAsync(
        DeleteMessageInput input, [FromServices] MessageService messages, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return new(await NodeId.Then(NodeKind.Message, input.Id, id => messages.DeleteAsync(owner, id, ct)));
    }
}

/// <summary>A new message of the caller's.</summary>
public sealed class CreateMessageInput
{
    /// <summary>Where it goes.</summary>
    [Id]
    public required string ConversationId { get; init; }

    /// <summary>1 to 131,072 UTF-16 code units, not only white space; kept exactly as sent.</summary>
    public required string Content { get; init; }

    /// <summary>1 to 255 visible ASCII characters: a repeat with the same key and input returns the same message and makes no second one.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>What became of a new message.</summary>
public sealed class CreateMessagePayload(Result<Once<Message>> done) : Payload(done.Error)
{
    /// <summary>The message.</summary>
    public MessageType? Message { get; } = done.Failed ? null : new MessageType(done.Value.Value);

    /// <summary>Whether an earlier request with the same idempotency key had made it.</summary>
    public bool Replayed => done.Value?.Replayed ?? false;
}

/// <summary>A change of a message.</summary>
public sealed class UpdateMessageInput
{
    /// <summary>Which message.</summary>
    [Id]
    public required string Id { get; init; }

    /// <summary>1 to 131,072 UTF-16 code units, not only white space; kept exactly as sent.</summary>
    public required string Content { get; init; }
}

/// <summary>What became of a change of a message.</summary>
public sealed class UpdateMessagePayload(Result<Message> done) : Payload(done.Error)
{
    /// <summary>The message as it is now.</summary>
    public MessageType? Message { get; } = done.Failed ? null : new MessageType(done.Value);
}

/// <summary>The end of a message.</summary>
public sealed class DeleteMessageInput
{
    /// <summary>Which message.</summary>
    [Id]
    public required string Id { get; init; }
}

/// <summary>What became of the end of a message.</summary>
public sealed class DeleteMessagePayload(Result<long> done) : Payload(done.Error)
{
    /// <summary>The id that is no more.</summary>
    [Id]
    public string? DeletedMessageId { get; } = done.Failed ? null : NodeId.Write(NodeKind.Message, done.Value);
}
