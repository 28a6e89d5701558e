namespace ChatService.Data;

/// <summary>The rules for what people type. Lengths are UTF-16 code units, texts are kept exactly as sent.</summary>
public static class Input
{
    public const int MaximumContentLength = 131_072;
    public const int MaximumTitleLength = 200;
    public const int MaximumSearchLength = 1_000;
    public const int MaximumUsernameLength = 64;
    public const int MaximumPasswordLength = 128;
    public const int MaximumKeyLength = 255;

    public static ChatError? CheckContent(string? content, string field = "content") => CheckText(content, MaximumContentLength, field);

    public static ChatError? CheckTitle(string? title) => CheckText(title, MaximumTitleLength, "title");

    public static ChatError? CheckSearch(string? query) => CheckText(query, MaximumSearchLength, "query");

    /// <summary>Keys are compared byte by byte, so they are visible ASCII, as in the HTTP header that carries them.</summary>
    public static ChatError? CheckIdempotencyKey(string? key) =>
        key is null || (key.Length is > 0 and <= MaximumKeyLength && key.All(c => c is >= '!' and <= '~'))
            ? null
            : ChatError.BadInput("idempotencyKey", "An idempotency key is 1 to 255 visible ASCII characters.");

    /// <summary>The name in Unicode's NFC form, or null where it is no username.</summary>
    public static string? NormalizeUsername(string? username)
    {
        if (string.IsNullOrEmpty(username) || username.Length > 4 * MaximumUsernameLength || !IsWellFormed(username)) return null;
        var name = LatinNames.Compose(username);
        return name.Length <= MaximumUsernameLength && IsLetterOrDigit(name[0]) && name.All(c => IsLetterOrDigit(c) || "._@+-".Contains(c))
            ? name
            : null;
    }

    /// <summary>Whether the text has no NUL and no half of a surrogate pair: what every database and every JSON reader can keep.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var rest = text; ;)
        {
            var odd = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
            if ((odd < 0 ? rest : rest[..odd]).Contains('\0')) return false;
            if (odd < 0) return true;
            if (odd + 1 >= rest.Length || !char.IsSurrogatePair(rest[odd], rest[odd + 1])) return false;
            rest = rest[(odd + 2)..];
        }
    }

    private static ChatError? CheckText(string? text, int maximum, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) return ChatError.BadInput(field, "A text that is not only white space is needed here.");
        if (text.Length > maximum) return ChatError.BadInput(field, $"The text is longer than {maximum} UTF-16 code units.");
        return IsWellFormed(text) ? null : ChatError.BadInput(field, "The text holds a NUL or half a surrogate pair.");
    }

    private static bool IsLetterOrDigit(char c) =>
        char.IsAsciiLetterOrDigit(c)
        || (c is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1EFF') && char.IsLetter(c));
}
