namespace ChatService.Data;

/// <summary>A message that waits for its vectors: queued in the transaction that wrote it, taken off in the one that stores them.</summary>
public sealed class PendingEmbedding
{
    /// <summary>Never: what the embedder refuses is tried again only when it is edited, or under another model.</summary>
    public const long Never = long.MaxValue;

    public long OwnerId { get; init; }

    public long MessageId { get; init; }

    /// <summary>Another one with every edit, so that vectors of an older text are not stored.</summary>
    public Guid Stamp { get; init; }

    /// <summary>Queued for the model that is being built alone: the message has the vectors that serve.</summary>
    public bool Rebuild { get; init; }

    /// <summary>Not before, in microseconds since 1970.</summary>
    public long DueAt { get; init; }

    /// <summary>The worker that has it in hand until it is due again.</summary>
    public Guid? Claim { get; init; }

    /// <summary>The embedder has refused the text.</summary>
    public bool Failed { get; init; }

    internal static long Microseconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
