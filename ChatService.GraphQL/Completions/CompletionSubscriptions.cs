using System.Runtime.CompilerServices;
using ChatService.Data;
using GraphQL;
using GraphQL.Types;

namespace ChatService.GraphQL;

public partial class Subscription
{
    /// <summary>
    /// The text of a completion after an offset, in pieces, each once, then as it is made; then exactly one CompletionFinished, whatever the
    /// offset is, and the stream completes. Errors: NOT_FOUND, BAD_USER_INPUT.
    /// </summary>
    /// <param name="id">The completion.</param>
    /// <param name="after">UTF-16 code units of the text that the client has already: the offset of the last delta it received.</param>
    [OutputType(typeof(NonNullGraphType<CompletionEventType>))]
    public static async Task<IAsyncEnumerable<object>> CompletionEventsAsync(
        [Id] string id, [FromServices] CompletionWatcher watcher, [FromServices] CurrentUser me, int after = 0, CancellationToken ct = default)
    {
        var owner = me.Id;
        var events = await NodeId.Then(NodeKind.Completion, id, number => watcher.WatchAsync(owner, number, after, ct));
        return Wrap(events.OrThrow(), ct);
    }

    private static async IAsyncEnumerable<object> Wrap(IAsyncEnumerable<CompletionEvent> events, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var told in events.WithCancellation(ct))
        {
            yield return told switch
            {
                TextGrown delta => new CompletionDeltaType(delta),
                CompletionEnded end => new CompletionFinishedType(end),
                _ => throw new InvalidOperationException($"Nobody knows a {told.GetType().Name}."),
            };
        }
    }
}

/// <summary>One more piece of the text.</summary>
public sealed class CompletionDeltaType(TextGrown delta)
{
    /// <summary>The piece.</summary>
    public string Content => delta.Content;

    /// <summary>The text's length including this piece, in UTF-16 code units; resume with after: offset.</summary>
    public int Offset => delta.Offset;
}

/// <summary>The end of a completion, whatever it was.</summary>
public sealed class CompletionFinishedType(CompletionEnded end)
{
    /// <summary>
    /// The completion as it ended. Its message's content replaces what the client shows: after a crash the text can be up to 250 ms shorter.
    /// </summary>
    public CompletionType Completion => new(end.Completion);
}

/// <summary>What a watcher of a completion is told.</summary>
public sealed class CompletionEventType : UnionGraphType
{
    public CompletionEventType()
    {
        Name = "CompletionEvent";
        Description = "What a watcher of a completion is told.";
        Type<AutoRegisteringObjectGraphType<CompletionDeltaType>>();
        Type<AutoRegisteringObjectGraphType<CompletionFinishedType>>();
    }
}
