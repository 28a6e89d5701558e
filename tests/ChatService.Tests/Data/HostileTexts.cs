namespace ChatService.Tests;

/// <summary>Random texts from a seed: syntax of every query language, unpaired surrogates, marks, scripts, and words that occur often.</summary>
internal static class HostileTexts
{
    private static readonly string[] _parts =
    [
        "\"", "'", "“", "”", "«", "»", "(", ")", "*", "^", ":", "-", "+", "{", "}", "[", "]", "|", "&", "!", "<", ">", "<->", "\\", "%", "_",
        "$", ";", "--", "/*", "?", "@@", " AND ", " OR ", " NOT ", " NEAR(", "terms:", ":*", "\0", "\r\n", "\t", "\u2028", "\ufeff", "\u200d",
        "\ud83d", "\ude00", "😀", "👍🏽", "e\u0301", "\u0301", "ß", "œ", "İ", "ﬁ", "Ⓐ", "⒜", "①", "²", "中", "国", "ひ", "カ", "한", "สวัส", "שָׁ", "م",
        "\u202e", "𝐇", "0x", "0le", "00", "3.14", "1e5", "l'", "qu’", "n't", "'s", "the", "le", "sur", "été", "payée", "running", "chevaux", "run",
    ];

    public static IEnumerable<string> Make(int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var parts = random.GetItems(_parts, random.Next(1, 24));
            // Half of them spaced out, so that words and phrases appear and not only run-together noise.
            yield return string.Join(random.Next(2) == 0 ? "" : " ", parts);
        }
    }
}
