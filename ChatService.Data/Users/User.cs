namespace ChatService.Data;

/// <summary>A person with an account: the owner of everything else.</summary>
public sealed class User
{
    public long Id { get; init; }

    /// <summary>As written at registration, in NFC.</summary>
    public required string Username { get; init; }

    /// <summary>The name without regard to case: what is unique.</summary>
    public required string UsernameKey { get; init; }

    /// <summary>A PHC string, <c>$argon2id$v=19$...</c>.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>The number of the latest <see cref="Change"/>. The lock on this row orders all that its owner writes.</summary>
    public long ChangeSequence { get; set; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Since when the account is given up; its rows go one after the other. Queries do not see such a user.</summary>
    public DateTime? ErasedAt { get; init; }

    public static string KeyOf(string username) => username.ToLowerInvariant();
}
