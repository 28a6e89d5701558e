using System.Buffers.Text;
using System.Text;

namespace ChatService.Tests;

/// <summary>Values that are wrong nearly anywhere.</summary>
internal static class HostileValues
{
    /// <summary>As JSON.</summary>
    public static readonly string[] Json =
    [
        "null", "true", "0", "-0", "-1", "1.5", "1e999", "-1e999", "9223372036854775808", "-9223372036854775809", new string('9', 5_000),
        "[]", "[[]]", "{}", "[\"a\"]", "{\"a\":{\"b\":null}}", "\"\"", "\"   \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\u0041\"",
        "\"'; DROP TABLE users; --\"", "\"1 OR 1=1\"", "\"{$ne: 1}\"", "\"\\r\\nSet-Cookie: a=b\"", "\"data: [DONE]\\n\\nevent: complete\\n\\n\"",
        "\"${jndi:ldap://localhost/a}\"", "\"%00%0d%0a\"", "\"../../etc/passwd\"", $"\"{new string('a', 5_000)}\"", "\"\\u202e\\u200b\\ufeff\"",
    ];

    /// <summary>Without most of those that a password can be: each of them would be hashed, and that is slow by design.</summary>
    public static readonly string[] Unhashed = [.. Json.Where(value => value[0] != '"' || value.Contains("\\u", StringComparison.Ordinal) || value.Contains("DROP", StringComparison.Ordinal))];

    /// <summary>As no JSON at all.</summary>
    public static readonly string[] NoJson =
    [
        "", " ", "nul", "NaN", "Infinity", "-", "01", "1.", ".5", "0x10", "'a'", "\"", "\"\\x\"", "\"\\u12\"", "\"\n\"", "\"\t\"", "[", "{", "]", "}", "[1,]", "{\"a\":1,}",
        "{a:1}", "{\"a\" 1}", "{\"a\":}", "// a", "/* a */ {}", "{} {}", "[] []", "\ufeff", "\ufeff\ufeff{}", "undefined", "<a/>", "a=b&c=d", "--b\r\n\r\n--b--",
    ];

    /// <summary>As GraphQL literals.</summary>
    public static readonly string[] Literals =
    [
        "null", "true", "0", "-1", "1.5", "1e999", "9223372036854775808", "[]", "[[[]]]", "{}", "{ a: 1 }", "WORD", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\u{110000}\"", "\"\\u{d800}\"", "\"\\q\"", "\"\n\"", "\"", "\"\"\"", "\"\"\"\\\"\"\"\"\"\"", "\"' OR 1=1 --\"", "\"bXwx.\"", "\"cnv_-1\"",
        "\"cnv_9223372036854775808\"", "\"usr_1\\u0000\"", "\"msg_１\"", "$missing", "@skip", "...", "#",
    ];

    /// <summary>What looks like a cursor.</summary>
    public static readonly string[] Cursors =
    [
        .. new[]
        {
            "m", "m.", "m1", "m-1.", "m1.2.", "m9223372036854775808.", "m9223372036854775807.", "m2147483648.", "m 1.", "m+1.", "m1e3.", "c1.", "c9223372036854775807.1.", "c-1.-1.",
            "c1.9223372036854775807.", "f1.", "f-1.1.", "f1.-1.", "f1.9223372036854775807.", "f9223372036854775807.1.", "s1.2.3.", "s1.2.3.4.", "s0.0.501.1.", "s0.-1.1.1.", "s0.9223372036854775807.1.1.",
            "\0", "m1.\0", "é1.", "",
        }.Select(text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))),
        "=", "====", "bTEu=", "bTEu ", "b\u00ff", "*", "../..", "m1.", new string('A', 159), new string('A', 160), new string('A', 161), new string('A', 5_000),
    ];

    /// <summary>Every prefix, and every place taken by a byte that is nowhere right: half a character, and NUL.</summary>
    public static IEnumerable<(string What, byte[] Body)> Broken(string json)
    {
        var whole = Encoding.UTF8.GetBytes(json);
        for (var i = 0; i < whole.Length; i++)
        {
            yield return ($"cut at {i}", whole[..i]);
            yield return ($"0xFF at {i}", [.. whole[..i], 0xFF, .. whole[(i + 1)..]]);
            yield return ($"NUL at {i}", [.. whole[..i], 0, .. whole[(i + 1)..]]);
        }
    }
}
