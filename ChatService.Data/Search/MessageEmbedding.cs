using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ChatService.Data;

/// <summary>What one piece of a message means to one model. A message without a meaning to the model has none.</summary>
public sealed class MessageEmbedding
{
    /// <summary>A vector is never changed in its place, so that its numbers need not be compared.</summary>
    public static readonly ValueComparer<Half[]> ReplacedAsAWhole = new((one, other) => one == other, vector => vector.Length);

    public long OwnerId { get; init; }

    public long MessageId { get; init; }

    /// <summary>As <see cref="Embedders"/> name it; vectors of two models are never compared.</summary>
    public required string Model { get; init; }

    public int Piece { get; init; }

    /// <summary>Where the piece begins in the message, in UTF-16 code units.</summary>
    public int Start { get; init; }

    public int Length { get; init; }

    /// <summary>Of length 1, as near as half precision comes: half the space, a fraction of the time to search, and the same neighbours.</summary>
    public required Half[] Vector { get; init; }

    public long ConversationId { get; init; }

    public MessageRole Role { get; init; }

    public DateTime CreatedAt { get; init; }
}
