using ChatService.Data;

namespace ChatService.Tests;

public class SearchPiecesTests
{
    private static readonly string _prose = string.Concat(Enumerable.Repeat("Une phrase assez courte pour un essai. And another one, in English! ", 100));

    [Fact]
    public void Short_message_is_one_piece() => Assert.Equal([new Piece(0, Pieces.Longest)], Pieces.Of(new string('a', Pieces.Longest)));

    [Fact]
    public void Empty_message_has_no_piece() => Assert.Empty(Pieces.Of(""));

    [Fact]
    public void Pieces_are_cut_behind_sentences_and_begin_with_words()
    {
        var pieces = Pieces.Of(_prose);
        Assert.All(pieces.SkipLast(1), piece => Assert.Matches("[.!] $", _prose.Substring(piece.Start, piece.Length)));
        Assert.All(pieces, piece => Assert.True(piece.Start == 0 || (_prose[piece.Start - 1] == ' ' && _prose[piece.Start] != ' ')));
    }

    [Fact]
    public void Pieces_cover_any_text_and_overlap()
    {
        foreach (var text in LongTexts())
        {
            var pieces = Pieces.Of(text);
            Assert.Equal(0, pieces[0].Start);
            Assert.Equal(text.Length, pieces[^1].End);
            Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, Pieces.Longest));
            foreach (var (one, next) in pieces.Zip(pieces.Skip(1)))
                Assert.InRange(one.End - next.Start, 1, Pieces.Overlap + 32);
        }
    }

    [Fact]
    public void Surrogate_pairs_stay_whole()
    {
        foreach (var shift in Enumerable.Range(0, 4))
        {
            var text = new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 2000));
            Assert.All(Pieces.Of(text), piece => Assert.False(char.IsLowSurrogate(text[piece.Start]) || char.IsHighSurrogate(text[piece.End - 1])));
        }
    }

    private static IEnumerable<string> LongTexts() =>
    [
        _prose,
        new string('a', 131_072),
        new string(' ', 5_000),
        "a" + new string('\u0301', 5_000),
        string.Concat(Enumerable.Repeat("👩‍👩‍👧", 1_000)),
        .. Enumerable.Range(0, 20).Select(seed => string.Concat(HostileTexts.Make(seed, 100))).Where(text => text.Length > 0),
    ];
}
