using System.ComponentModel;
using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Mutation
{
    /// <summary>Begins a conversation.</summary>
    /// <param name="input">The new conversation.</param>
    /// <returns>Errors: BAD_USER_INPUT, MODEL_NOT_ALLOWED, IDEMPOTENCY_CONFLICT.</returns>
    public static async Task<CreateConversationPayload?> CreateConversationAsync(
        CreateConversationInput input, [FromServices] ConversationService conversations, [FromServices] CurrentUser me, CancellationToken ct) =>
        new(await conversations.CreateAsync(me.Id, new NewConversation(input.Title, input.SystemPrompt, input.Model), input.IdempotencyKey, ct));

    /// <summary>Changes a conversation. A field that is absent stays as it is.</summary>
    /// <param name="input">Which conversation, and what changes in it.</param>
    /// <returns>Errors: NOT_FOUND, BAD_USER_INPUT, MODEL_NOT_ALLOWED.</returns>
    public static async Task<UpdateConversationPayload?> UpdateConversationAsync(
        UpdateConversationInput input, [FromServices] ConversationService conversations, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        var update = input.Read();
        if (update.Failed) return new(update.Error);
        return new(await NodeId.Then(NodeKind.Conversation, input.Id, id => conversations.UpdateAsync(owner, id, update.Value, ct)));
    }

    /// <summary>Deletes a conversation with everything in it, and ends what is being made in it.</summary>
    /// <param name="input">Which conversation.</param>
    /// <returns>Errors: NOT_FOUND.</returns>
    public static async Task<DeleteConversationPayload?> DeleteConversationAsync(
        DeleteConversationInput input, [FromServices] ConversationService conversations, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return new(await NodeId.Then(NodeKind.Conversation, input.Id, id => conversations.DeleteAsync(owner, id, ct)));
    }
}

/// <summary>A new conversation; everything in it can be left for later.</summary>
public sealed class CreateConversationInput
{
    /// <summary>1 to 200 UTF-16 code units, not only white space.</summary>
    public string? Title { get; init; }

    /// <summary>What the model is told before the conversation: 1 to 131,072 UTF-16 code units.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>The name of a configured model; the service's default if absent.</summary>
    public string? Model { get; init; }

    /// <summary>1 to 255 visible ASCII characters: a repeat with the same key and input returns the same conversation and makes no second one.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>What became of a new conversation.</summary>
public sealed class CreateConversationPayload(Result<Once<Conversation>> done) : Payload(done.Error)
{
    /// <summary>The conversation.</summary>
    public ConversationType? Conversation { get; } = done.Failed ? null : new ConversationType(done.Value.Value);

    /// <summary>Whether an earlier request with the same idempotency key had made it.</summary>
    public bool Replayed => done.Value?.Replayed ?? false;
}

/// <summary>A change of a conversation. Only the setters of fields that were sent are called.</summary>
[Description("A change of a conversation; a field that is absent stays as it is.")]
public sealed class UpdateConversationInput
{
    private Optional<string?> _title;
    private Optional<string?> _systemPrompt;
    private Optional<string?> _model;
    private Optional<bool?> _archived;

    /// <summary>Which conversation.</summary>
    [Id]
    public required string Id { get; set; }

    /// <summary>1 to 200 UTF-16 code units, not only white space; not null.</summary>
    public string? Title { get => _title.Value; set => _title = value; }

    /// <summary>1 to 131,072 UTF-16 code units; null removes it.</summary>
    public string? SystemPrompt { get => _systemPrompt.Value; set => _systemPrompt = value; }

    /// <summary>The name of a configured model; null for the service's default.</summary>
    public string? Model { get => _model.Value; set => _model = value; }

    /// <summary>Whether it is archived; not null.</summary>
    public bool? Archived { get => _archived.Value; set => _archived = value; }

    internal Result<ConversationUpdate> Read()
    {
        if (_title is { IsGiven: true, Value: null }) return ChatError.BadInput("title", "A title cannot be taken away.");
        if (_archived is { IsGiven: true, Value: null }) return ChatError.BadInput("archived", "It is either archived or not.");
        return new ConversationUpdate(
            _title.Value is { } title ? title : default(Optional<string>),
            _systemPrompt,
            _model,
            _archived.Value is { } archived ? archived : default(Optional<bool>));
    }
}

/// <summary>What became of a change of a conversation.</summary>
public sealed class UpdateConversationPayload(Result<Conversation> done) : Payload(done.Error)
{
    /// <summary>The conversation as it is now.</summary>
    public ConversationType? Conversation { get; } = done.Failed ? null : new ConversationType(done.Value);
}

/// <summary>The end of a conversation.</summary>
public sealed class DeleteConversationInput
{
    /// <summary>Which conversation.</summary>
    [Id]
    public required string Id { get; init; }
}

/// <summary>What became of the end of a conversation.</summary>
public sealed class DeleteConversationPayload(Result<long> done) : Payload(done.Error)
{
    /// <summary>The id that is no more.</summary>
    [Id]
    public string? DeletedConversationId { get; } = done.Failed ? null : NodeId.Write(NodeKind.Conversation, done.Value);
}
