namespace ChatService.Data;

/// <summary>
/// The one row that says by which model's vectors the service searches. A new model is built beside it, in a walk over all messages whose
/// place is kept here, so that a restart goes on; then it serves at once, and a second walk removes what others have left.
/// </summary>
public sealed class SearchModel
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    public required string Serving { get; init; }

    /// <summary>Null when nothing is being built.</summary>
    public string? Building { get; init; }

    public SearchWalk Walk { get; init; }

    /// <summary>The last message that the walk has passed: its owner, and its number.</summary>
    public long WalkedOwner { get; init; }

    /// <inheritdoc cref="WalkedOwner"/>
    public long WalkedMessage { get; init; }
}

/// <summary>What the walk over all messages does.</summary>
public enum SearchWalk
{
    None,

    /// <summary>Queues every message for the model that is being built.</summary>
    Queueing,

    /// <summary>Waits until what was queued has its vectors.</summary>
    Waiting,

    /// <summary>Removes the vectors of models that serve no more.</summary>
    Cleaning,
}
