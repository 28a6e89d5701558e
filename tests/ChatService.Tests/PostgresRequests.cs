using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ChatService.Tests;

/// <summary>Reads along what a client sends to PostgreSQL (its protocol, version 3), to find the COMMIT.</summary>
internal sealed class PostgresRequests
{
    private const int SslRequest = 80877103;
    private const int GssEncryptionRequest = 80877104;

    private readonly List<byte> _pending = [];
    private bool _started;

    /// <summary>Whether a COMMIT has come in full with these bytes.</summary>
    public bool HasCommit(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var found = false;
        var read = 0;
        while (Next(CollectionsMarshal.AsSpan(_pending)[read..]) is { Length: > 0 } message)
        {
            found |= _started && IsCommit(message);
            // Before the start-up message there may be requests for encryption, which have no type either.
            _started = _started || BinaryPrimitives.ReadInt32BigEndian(message[4..]) is not (SslRequest or GssEncryptionRequest);
            read += message.Length;
        }
        _pending.RemoveRange(0, read);
        return found;
    }

    // A type, which the first messages lack, and a length that counts itself.
    private ReadOnlySpan<byte> Next(ReadOnlySpan<byte> bytes)
    {
        var type = _started ? 1 : 0;
        if (bytes.Length < type + 4)
            return [];
        var length = type + BinaryPrimitives.ReadInt32BigEndian(bytes[type..]);
        return bytes.Length < length ? [] : bytes[..length];
    }

    private static bool IsCommit(ReadOnlySpan<byte> message)
    {
        var body = message[5..];
        return message[0] switch
        {
            (byte)'Q' => body.StartsWith("COMMIT"u8),
            // The statement's name comes first.
            (byte)'P' => body[(body.IndexOf((byte)0) + 1)..].StartsWith("COMMIT"u8),
            _ => false,
        };
    }
}
