using System.ComponentModel;
using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Mutation
{
    /// <summary>
    /// Asks for an answer and returns at once; watch it with completionEvents. A question that is answered already is not answered again:
    /// its answer is returned, unless regenerate is set.
    /// </summary>
    /// <param name="input">The question.</param>
    /// <returns>
    /// Errors, with nothing stored: NOT_FOUND, BAD_USER_INPUT, MODEL_NOT_ALLOWED, CONVERSATION_BUSY (completion is then the running one),
    /// NOTHING_TO_COMPLETE, CONTEXT_OVERFLOW, IDEMPOTENCY_CONFLICT.
    /// </returns>
    public static async Task<StartCompletionPayload?> StartCompletionAsync(
        StartCompletionInput input, [FromServices] CompletionService completions, [FromServices] CurrentUser me, CancellationToken ct) =>
        new(await AskAsync(input, completions, me.Id, ct));

    /// <summary>
    /// Asks for an answer and returns when it has ended. A failed completion is no error here: it comes with its own.
    /// Whoever stops waiting does not stop it.
    /// </summary>
    /// <param name="input">The question.</param>
    /// <returns>Errors: those of startCompletion; NOT_FOUND also where the conversation was deleted before the answer had ended.</returns>
    public static async Task<CompletePayload?> CompleteAsync(
        StartCompletionInput input, [FromServices] CompletionService completions, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        var asked = await AskAsync(input, completions, owner, ct);
        if (asked.Error is not null || asked.Completion is not { Status: CompletionStatus.Running } running) return new(asked);
        return await completions.WaitAsync(owner, running.Id, ct) is { } ended
            ? new(asked with { Completion = ended })
            : new(new AskedCompletion(null, asked.Replayed, ChatError.NotFound));
    }

    /// <summary>Stops a completion and returns it as it ended. The text made so far is kept.</summary>
    /// <param name="input">Which completion.</param>
    /// <returns>Errors: NOT_FOUND.</returns>
    public static async Task<CancelCompletionPayload?> CancelCompletionAsync(
        CancelCompletionInput input, [FromServices] CompletionService completions, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return new(await NodeId.Then(NodeKind.Completion, input.Id, id => completions.CancelAsync(owner, id, ct)));
    }

    private static async Task<AskedCompletion> AskAsync(StartCompletionInput input, CompletionService completions, long owner, CancellationToken ct)
    {
        if (NodeId.Read(NodeKind.Conversation, input.ConversationId) is not { } conversation) return new(null, false, ChatError.NotFound);
        var started = await completions.StartAsync(owner, input.ToRequest(conversation), input.IdempotencyKey, ct);
        if (!started.Failed) return new(started.Value.Value, started.Value.Replayed, null);
        var running = started.Error.Code == ErrorCode.ConversationBusy
            ? (await completions.FindRunningAsync(owner, [conversation], ct)).GetValueOrDefault(conversation)
            : null;
        return new(running, false, started.Error);
    }
}

/// <summary>What came of asking: a completion, an error, or both where another one runs.</summary>
public sealed record AskedCompletion(Completion? Completion, bool Replayed, ChatError? Error);

/// <summary>A question to a model.</summary>
public sealed class StartCompletionInput
{
    /// <summary>Where it is asked.</summary>
    [Id]
    public required string ConversationId { get; init; }

    /// <summary>A new question, stored first: 1 to 131,072 UTF-16 code units. Without it the last USER message is the question.</summary>
    public string? Content { get; init; }

    /// <summary>A new answer to the last question, in place of the one it has. Not with content.</summary>
    [DefaultValue(false)]
    public bool? Regenerate { get; init; }

    /// <summary>
    /// Puts what search finds in the caller's other conversations before the model, as quoted data, and names it in sources. The built-in
    /// offline model, which has nothing else to answer from, recalls what the caller has written in any case.
    /// </summary>
    [DefaultValue(false)]
    public bool? Recall { get; init; }

    /// <summary>The name of a configured model; the conversation's if absent.</summary>
    public string? Model { get; init; }

    /// <summary>The most tokens that the answer may have, 1 or more; the model's own maximum if absent, and never more than that.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>0 to 2; the provider's default if absent.</summary>
    public float? Temperature { get; init; }

    /// <summary>
    /// 1 to 255 visible ASCII characters: a repeat with the same key and input returns the same completion and makes no second one.
    /// After a failure the same key makes another try.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    internal CompletionRequest ToRequest(long conversation) =>
        new(conversation, Content, Regenerate ?? false, Recall ?? false, Model, MaxOutputTokens, Temperature);
}

/// <summary>What became of a question.</summary>
public sealed class StartCompletionPayload(AskedCompletion asked) : Payload(asked.Error)
{
    /// <summary>The completion: new, or the one that was there. With CONVERSATION_BUSY, the one that runs.</summary>
    public CompletionType? Completion { get; } = asked.Completion is null ? null : new CompletionType(asked.Completion);

    /// <summary>Whether an earlier request with the same idempotency key had made it.</summary>
    public bool Replayed => asked.Replayed;
}

/// <summary>What became of a question, and of its answer.</summary>
public sealed class CompletePayload(AskedCompletion asked) : Payload(asked.Error)
{
    /// <summary>The completion as it ended. With CONVERSATION_BUSY, the one that runs.</summary>
    public CompletionType? Completion { get; } = asked.Completion is null ? null : new CompletionType(asked.Completion);

    /// <summary>Whether an earlier request with the same idempotency key had made it.</summary>
    public bool Replayed => asked.Replayed;
}

/// <summary>The wish that a completion stops.</summary>
public sealed class CancelCompletionInput
{
    /// <summary>Which completion.</summary>
    [Id]
    public required string Id { get; init; }
}

/// <summary>What became of that wish.</summary>
public sealed class CancelCompletionPayload(Result<Completion> done) : Payload(done.Error)
{
    /// <summary>The completion as it ended.</summary>
    public CompletionType? Completion { get; } = done.Failed ? null : new CompletionType(done.Value);
}
