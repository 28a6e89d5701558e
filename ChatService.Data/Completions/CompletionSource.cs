namespace ChatService.Data;

/// <summary>A message of another conversation that went before the model with the question. It goes when either of the two is deleted.</summary>
public sealed class CompletionSource
{
    public long OwnerId { get; init; }

    public long CompletionId { get; init; }

    /// <summary>Its place among the sources, the best being 1.</summary>
    public int Rank { get; init; }

    public long MessageId { get; init; }

    public double Score { get; init; }
}
