using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatService.Data;

/// <summary>
/// <c>chat_OWNER_SECRET</c>: 256 random bits behind the owner's number, so that even looking up a session goes by its owner.
/// Opaque to clients; the prefix lets secret scanners know it.
/// </summary>
public static class SessionToken
{
    private const string Prefix = "chat_";
    private const int SecretBytes = 32;
    private const int MaximumLength = 80;

    public static string Create(long owner) => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}{owner}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}");

    /// <summary>What is stored: SHA-256 in hexadecimal digits.</summary>
    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>The owner that the token names; null where it is no token of ours.</summary>
    public static long? OwnerOf(string token)
    {
        if (token.Length > MaximumLength || !token.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var end = token.IndexOf('_', Prefix.Length);
        return end > 0 && long.TryParse(token.AsSpan(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
            ? owner
            : null;
    }
}
