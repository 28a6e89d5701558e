using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ChatService.Data;

/// <summary>One page of a list, in the list's order whichever end was asked for.</summary>
public sealed record Page<T>(IReadOnlyList<Edge<T>> Edges, bool HasNext, bool HasPrevious);

/// <summary>An item and where it stands.</summary>
public readonly record struct Edge<T>(string Cursor, T Node);

/// <summary>Which page is wanted, in the terms of the Relay connections specification.</summary>
public readonly record struct PageRequest(int? First, string? After, int? Last, string? Before)
{
    public const int DefaultSize = 50;
    public const int MaximumSize = 100;

    public bool Backwards => Last is not null;

    public int Size => First ?? Last ?? DefaultSize;

    /// <summary>BAD_USER_INPUT for sizes outside 1 to 100 and for both ends at once; null where the request is sound.</summary>
    public ChatError? Check()
    {
        if (First is not null && Last is not null) return ChatError.BadInput("last", "Ask for the first or the last items, not for both.");
        if (First is < 1 or > MaximumSize) return ChatError.BadInput("first", $"A page has 1 to {MaximumSize} items.");
        if (Last is < 1 or > MaximumSize) return ChatError.BadInput("last", $"A page has 1 to {MaximumSize} items.");
        return null;
    }

    /// <summary>Cuts what was read, one item more than the page, in reading order, to the page.</summary>
    public Page<T> Cut<T>(List<T> read, Func<T, string> cursor)
    {
        var more = read.Count > Size;
        if (more) read.RemoveAt(read.Count - 1);
        if (Backwards) read.Reverse();
        var edges = new Edge<T>[read.Count];
        for (var i = 0; i < edges.Length; i++) edges[i] = new Edge<T>(cursor(read[i]), read[i]);
        return Backwards
            ? new Page<T>(edges, HasNext: Before is not null, HasPrevious: more || After is not null)
            : new Page<T>(edges, HasNext: more || Before is not null, HasPrevious: After is not null);
    }
}

/// <summary>
/// A position in a list, opaque to clients: base64url over the list's letter and the keys of the row there.
/// It names a place, never an owner: what it is applied to is filtered by the caller's id.
/// </summary>
public static class Cursor
{
    public static readonly ChatError Malformed = new(ErrorCode.BadUserInput, "The cursor is not one of this list.");

    public static string Write(char list, params ReadOnlySpan<long> keys)
    {
        var text = new StringBuilder().Append(list);
        foreach (var key in keys) text.Append(CultureInfo.InvariantCulture, $"{key}.");
        return Base64Url.EncodeToString(Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>Whether the text is a cursor of that list; its keys are then in <paramref name="keys"/>.</summary>
    public static bool TryRead(string cursor, char list, Span<long> keys)
    {
        Span<byte> bytes = stackalloc byte[128];
        if (cursor.Length > 160 || !Base64Url.TryDecodeFromChars(Sound(cursor), bytes, out var length) || length == 0 || bytes[0] != list) return false;
        var rest = bytes[1..length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (!Utf8Parser.TryParse(rest, out long key, out var used) || used >= rest.Length || rest[used] != '.') return false;
            keys[i] = key;
            rest = rest[(used + 1)..];
        }

        return rest.IsEmpty;
    }

    /// <summary>The decoder throws for characters outside its alphabet; such a text decodes to nothing here.</summary>
    private static ReadOnlySpan<char> Sound(string cursor) => Base64Url.IsValid(cursor) ? cursor : default;
}
