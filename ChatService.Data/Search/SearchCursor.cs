using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace ChatService.Data;

/// <summary>
/// Where a page of hits ended. It carries the moment of the first page, so that messages written since do not shift the others, and what
/// was asked, so that it serves no other search.
/// </summary>
internal readonly record struct SearchCursor(long Fingerprint, DateTime Until, int Position, long MessageId)
{
    private const char Kind = 's';

    public static long FingerprintOf(string query, SearchMode mode, SearchFilter filter) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { query, mode, filter })));

    public static SearchCursor? Read(string text)
    {
        Span<long> keys = stackalloc long[4];
        return Cursor.TryRead(text, Kind, keys) && keys[1] >= 0 && keys[1] <= DateTime.MaxValue.Ticks && keys[2] is >= 0 and <= SearchRanker.MostHits
            ? new SearchCursor(keys[0], new DateTime(keys[1], DateTimeKind.Utc), (int)keys[2], keys[3])
            : null;
    }

    public string Write() => Cursor.Write(Kind, Fingerprint, Until.Ticks, Position, MessageId);

    /// <summary>The index of the first hit after this one, or, if it is gone, of the one that has moved into its place.</summary>
    public int NextIn(IReadOnlyList<RankedMessage> ranking)
    {
        for (var i = 0; i < ranking.Count; i++)
            if (ranking[i].MessageId == MessageId) return i + 1;
        return Math.Min(Position, ranking.Count);
    }
}
