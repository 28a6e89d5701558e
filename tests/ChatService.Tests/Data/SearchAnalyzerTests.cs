using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatService.Data;

namespace ChatService.Tests;

public class SearchAnalyzerTests
{
    [Theory]
    [InlineData("payée", "payer")]
    [InlineData("payés", "payée")]
    [InlineData("paye", "payer")]
    [InlineData("payee", "payer")]
    [InlineData("chevaux", "cheval")]
    [InlineData("élèves", "eleve")]
    [InlineData("cœur", "coeur")]
    [InlineData("CŒURS", "coeur")]
    [InlineData("l'été", "ete")]
    [InlineData("L’ÉTÉ", "ete")]
    [InlineData("running", "run")]
    [InlineData("meetings", "meet")]
    [InlineData("jeux", "jeu")]
    [InlineData("heureuse", "heureux")]
    [InlineData("qualités", "qualite")]
    [InlineData("John's", "john")]
    [InlineData("qu'aujourd", "aujourd")]
    [InlineData("straße", "strasse")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("Ｆｕｌｌ", "full")]
    [InlineData("co\u00ADopérer", "cooperer")]
    public void Forms_of_a_word_meet(string one, string other) => Assert.True(Meet(one, other), $"{Terms(one)} : {Terms(other)}");

    [Theory]
    [InlineData("été", "et")]
    [InlineData("thé", "the")]
    [InlineData("sûr", "sur")]
    [InlineData("dû", "du")]
    [InlineData("sons", "son")]
    [InlineData("rues", "ru")]
    [InlineData("0le", "le")]
    [InlineData("0x", Analyzer.Separator)]
    public void Different_words_do_not_meet(string written, string term) => Assert.DoesNotContain(TermOf(term), Terms(written).Split(' '));

    [Theory]
    [InlineData("élève", "e\u0301le\u0300ve")]
    [InlineData("Ça payé naïf", "C\u0327a paye\u0301 nai\u0308f")]
    [InlineData("Điện thoại", "Đie\u0323\u0302n thoa\u0323i")]
    [InlineData("Андрей", "Андреи\u0306")]
    [InlineData("שלום", "שָׁלוֹם")]
    [InlineData("محمد", "مُحَمَّد")]
    public void Composed_and_decomposed_text_have_the_same_terms(string one, string other) =>
        Assert.Equal(Analyzer.ForIndex(one), Analyzer.ForIndex(other));

    [Theory]
    [InlineData("Voilà l'été !", "l'été", "été")]
    [InlineData("Un e\u0301le\u0300ve arrive", "eleve", "e\u0301le\u0300ve")]
    [InlineData("👍🏽 c'est payé 😀", "payer", "payé")]
    [InlineData("מה שלום הילדים", "שלום", "שלום")]
    [InlineData("我在东京工作", "京", "京")]
    [InlineData("𠮷野家 et 𝐇𝐞𝐥𝐥𝐨", "𠮷", "𠮷")]
    [InlineData("voir example.com/chemin", "chemin", "chemin")]
    [InlineData("John’s bike", "john", "John")]
    public void Offsets_point_into_the_original_text(string text, string word, string expected)
    {
        var sought = Analyzer.Words(word)[^1].French;
        var found = Assert.Single(Analyzer.Words(text), one => one.French == sought);
        Assert.Equal(expected, text.Substring(found.Start, found.Length));
    }

    [Fact]
    public void Words_of_a_part_have_offsets_into_the_whole()
    {
        const string text = "avant la facture après";
        var word = Assert.Single(Analyzer.Words(text, 9, 7));
        Assert.Equal(("facture", 9, 7), (word.Text, word.Start, word.Length));
    }

    [Fact]
    public void Indexed_terms_are_letters_and_digits_between_single_spaces()
    {
        foreach (var text in HostileTexts.Make(seed: 1, count: 2000))
            foreach (var term in Analyzer.ForIndex(text).Split(' '))
                Assert.True(term.Length <= 4 * WordForms.Longest && term.EnumerateRunes().All(IsSafe), term);
    }

    [Fact]
    public void French_and_English_terms_stand_apart()
    {
        Assert.Equal("0la factur pai 0x 0la factur payer", Analyzer.ForIndex("la facture payer"));
        Assert.Equal("0la factur", Analyzer.ForIndex("la facture"));
        Assert.Equal("", Analyzer.ForIndex("😀 !?"));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(131_072)]
    [InlineData(1_048_576)]
    public void A_word_counts_with_its_beginning_however_long_it_is(int length)
    {
        var word = Assert.Single(Analyzer.Words(new string('7', length)));
        Assert.Equal((Analyzer.Words(new string('7', 100))[0].Text, length), (word.Text, word.Length));
        Assert.Equal(Terms($"one {new string('7', 100)} two"), Terms($"one {new string('7', length)} two"));
    }

    [Theory]
    [InlineData("_")]
    [InlineData("a")]
    [InlineData("'")]
    [InlineData("l'")]
    [InlineData("a_")]
    [InlineData("1,")]
    [InlineData("\u0301")]
    [InlineData("a\u200D")]
    [InlineData("中")]
    [InlineData("を")]
    [InlineData("สวัสดี")]
    [InlineData("\ud800")]
    [InlineData("🇫")]
    [InlineData("ש\"")]
    public void Longest_messages_of_any_shape_are_analysed_at_once(string repeated)
    {
        var text = string.Concat(Enumerable.Repeat(repeated, 131_072 / repeated.Length));
        var clock = Stopwatch.StartNew();
        var words = Analyzer.Words(text);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{words.Count} words took {clock.Elapsed}");
    }

    [Fact]
    public void Threads_do_not_disturb_one_another()
    {
        var texts = HostileTexts.Make(seed: 2, count: 400).ToList();
        var expected = texts.ConvertAll(Analyzer.ForIndex);
        Parallel.For(0, 4000, i => Assert.Equal(expected[i % texts.Count], Analyzer.ForIndex(texts[i % texts.Count])));
    }

    private static string Terms(string text) => Analyzer.ForIndex(text);

    private static string TermOf(string term) => term == Analyzer.Separator ? term : Analyzer.Words(term)[0].French;

    private static bool Meet(string one, string other) =>
        Analyzer.Words(one).Exists(a => Analyzer.Words(other).Exists(b => a.French == b.French || a.English == b.English));

    private static bool IsSafe(Rune rune) =>
        rune.Value is (>= 'a' and <= 'z') or (>= '0' and <= '9')
        || (rune.Value >= 0x80 && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Surrogate
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.OtherPunctuation));
}
