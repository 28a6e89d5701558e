using System.Diagnostics;
using System.Text;
using ChatService.Data;

namespace ChatService.Tests;

public class SearchSnippetTests
{
    private static readonly string _filler = string.Concat(Enumerable.Repeat("Rien à voir avec le sujet, vraiment. ", 100));

    [Fact]
    public void Short_message_is_shown_whole_with_every_form_marked()
    {
        var snippet = Make("👍🏽 J'ai payé l'e\u0301lectricité.\nIl paye aussi le gaz.", "payer électricité");
        Assert.Equal("👍🏽 J'ai payé l'e\u0301lectricité. Il paye aussi le gaz.", snippet.Text);
        Assert.Equal(["payé", "e\u0301lectricité", "paye"], Marked(snippet));
    }

    [Fact]
    public void Passage_with_most_of_the_words_is_shown()
    {
        var snippet = Make($"La facture. {_filler}Le relevé de la facture de gaz est arrivé. {_filler}Le gaz.", "gaz facture relevé");
        Assert.Equal(["relevé", "facture", "gaz"], Marked(snippet));
        Assert.StartsWith("…", snippet.Text, StringComparison.Ordinal);
        Assert.EndsWith("…", snippet.Text, StringComparison.Ordinal);
        Assert.InRange(snippet.Text.Length, 200, Snippets.Longest + 2);
    }

    [Fact]
    public void Passage_is_cut_between_words()
    {
        var snippet = Make(_filler + "Enfin la facture. " + _filler, "facture");
        Assert.Matches("^…(Rien|à|voir|avec|le|sujet,|vraiment.) .* (Rien|à|voir|avec|le|sujet,|vraiment.|vraiment|sujet)…$", snippet.Text);
    }

    [Fact]
    public void Phrase_is_marked_as_one_and_only_in_its_order()
    {
        var snippet = Make("La bleue carte, puis la carte bleue.", "\"carte bleue\"");
        Assert.Equal(["carte bleue"], Marked(snippet));
    }

    [Fact]
    public void Common_words_are_not_marked_when_others_are_asked_for() =>
        Assert.Equal(["facture"], Marked(Make("La facture de la banque", "où est la facture de la mairie")));

    [Fact]
    public void Right_to_left_text_is_marked_by_its_own_order() =>
        Assert.Equal(["שלום"], Marked(Make("הוא אמר שלום לכולם 😀", "שלום")));

    [Fact]
    public void Hit_by_meaning_shows_the_piece_it_was_found_by()
    {
        var text = _filler + "Prenez plutôt un imperméable. " + _filler;
        var piece = new Piece(_filler.Length, 500);
        var snippet = new Snippets(QuerySyntax.Parse("parapluie")).Of(text, piece);
        Assert.StartsWith("…Prenez plutôt un imperméable.", snippet.Text, StringComparison.Ordinal);
        Assert.Empty(snippet.Highlights);
    }

    [Fact]
    public void Query_without_words_shows_the_beginning() =>
        Assert.StartsWith("Rien à voir", Make(_filler, "😀").Text, StringComparison.Ordinal);

    [Fact]
    public void Ranges_lie_in_the_snippet_and_pairs_stay_whole_for_any_text()
    {
        var queries = HostileTexts.Make(seed: 6, count: 40).Select(QuerySyntax.Parse).ToList();
        foreach (var text in Enumerable.Range(0, 25).Select(seed => WellFormed(string.Concat(HostileTexts.Make(seed, 30)))))
            foreach (var snippet in queries.ConvertAll(query => new Snippets(query).Of(text)))
            {
                Assert.InRange(snippet.Text.Length, 0, Snippets.Longest + 2);
                Assert.Equal(WellFormed(snippet.Text), snippet.Text);
                var end = 0;
                foreach (var range in snippet.Highlights)
                {
                    Assert.InRange(range.Start, end, snippet.Text.Length - 1);
                    end = range.Start + range.Length;
                    Assert.InRange(end, range.Start + 1, snippet.Text.Length);
                }
            }
    }

    [Theory]
    [InlineData("zebra ")]
    [InlineData("中")]
    [InlineData("a ")]
    [InlineData("_")]
    public void Longest_messages_are_looked_through_at_once(string repeated)
    {
        var text = string.Concat(Enumerable.Repeat(repeated, 131_072 / repeated.Length));
        var clock = Stopwatch.StartNew();
        var snippet = Make(text, "zebra quark 中 \"a b\"");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
        Assert.InRange(snippet.Text.Length, 1, Snippets.Longest + 2);
    }

    /// <summary>To look for a word is to analyse the text.</summary>
    [Fact]
    public void A_page_of_very_long_messages_is_looked_through_to_a_point()
    {
        var text = string.Concat(Enumerable.Repeat("ab. ", 25_000)) + "parapluie";
        var snippets = new Snippets(QuerySyntax.Parse("parapluie"));
        var found = Enumerable.Range(0, 100).Select(_ => snippets.Of(text)).ToList();
        var shown = found.TakeWhile(snippet => snippet.Highlights.Count > 0).Count();
        Assert.InRange(shown, 10, 15);
        Assert.All(found.Skip(shown), snippet => Assert.StartsWith("ab. ab.", snippet.Text, StringComparison.Ordinal));
    }

    private static Snippet Make(string text, string search) => new Snippets(QuerySyntax.Parse(search)).Of(text);

    /// <summary>Half a surrogate pair becomes a replacement character.</summary>
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static IEnumerable<string> Marked(Snippet snippet) =>
        snippet.Highlights.Select(range => snippet.Text.Substring(range.Start, range.Length));
}
