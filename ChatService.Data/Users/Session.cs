namespace ChatService.Data;

/// <summary>One signed-in client. The token itself is never stored, only its SHA-256.</summary>
public sealed class Session
{
    public long OwnerId { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string TokenHash { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Brought up to date every few minutes, not at every call.</summary>
    public DateTime LastUsedAt { get; set; }

    /// <summary>The absolute end, whatever the use.</summary>
    public DateTime ExpiresAt { get; init; }
}
