using System.Globalization;
using ChatService.Data;
using Microsoft.Data.Sqlite;

namespace ChatService.Tests;

public sealed class SearchQuerySyntaxTests : IDisposable
{
    private readonly SqliteConnection _database = new("Data Source=:memory:");

    public SearchQuerySyntaxTests()
    {
        _database.Open();
        Run("CREATE VIRTUAL TABLE messages USING fts5(terms, tokenize = 'ascii')");
    }

    [Theory]
    [InlineData("facture payer", "(\"factur\") AND (\"pai\" OR \"payer\")")]
    [InlineData("la facture de mars", "(\"factur\") AND (\"mar\")")]
    [InlineData("facture factures", "(\"factur\")")]
    [InlineData("\"la facture\" gaz", "(\"0la factur\") AND (\"gaz\")")]
    [InlineData("« la facture »", "(\"0la factur\")")]
    [InlineData("“la facture”", "(\"0la factur\")")]
    [InlineData("facture \"gaz", "(\"factur\") AND (\"gaz\")")]
    [InlineData("gpt-4", "(\"gpt 4\")")]
    [InlineData("東京", "(\"東 京\")")]
    [InlineData("dois-je", "(\"0dois\" OR \"dois\") AND (\"0je\" OR \"je\")")]
    [InlineData("qu'est-ce que la TVA ?", "(\"tva\")")]
    [InlineData("the", "(\"0the\" OR \"the\")")]
    [InlineData("NOT gaz* OR", "(\"gaz\")")]
    public void Words_and_phrases_are_all_there_is(string text, string expected) => Assert.Equal(expected, QuerySyntax.Parse(text).ToFts5());

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\"\"")]
    [InlineData("😀 !?")]
    [InlineData("\ud800")]
    public void Without_a_word_there_is_nothing_to_ask(string text) => Assert.True(QuerySyntax.Parse(text).IsEmpty);

    [Fact]
    public void Tsquery_asks_for_the_words_of_phrases_and_patterns_for_their_order()
    {
        var query = QuerySyntax.Parse("\"la carte bleue\" payer");
        Assert.Equal("(('0la' & 'cart' & 'bleu') | ('0la' & 'cart' & 'bleue')) & ('pai' | 'payer')", query.ToTsQuery());
        Assert.Equal(["% 0la cart bleu %", "% 0la cart bleue %"], Assert.Single(query.PhrasePatterns()));
    }

    [Fact]
    public void Clauses_are_bounded()
    {
        var text = string.Join(' ', Enumerable.Range(0, 500).Select(i => $"w{i}"));
        Assert.Equal(QuerySyntax.MostClauses, QuerySyntax.Parse(text).Clauses.Count);
    }

    [Theory]
    [InlineData("\"{0}\"", " ")]
    [InlineData("{0}", "-")]
    public void A_long_phrase_is_asked_for_in_parts(string text, string between)
    {
        var words = Enumerable.Range(100, 33).Select(i => $"w{i}").ToList();
        var query = QuerySyntax.Parse(string.Format(CultureInfo.InvariantCulture, text, string.Join(between, words)));
        Assert.Equal([16, 16, 1], query.Clauses.Select(clause => clause.Alternatives[0].Count));
        Assert.Equal(words, query.Clauses.SelectMany(clause => clause.Alternatives[0]));
        Assert.True(Finds(string.Format(CultureInfo.InvariantCulture, text, string.Join(between, words)), string.Join(' ', words)));
    }

    [Fact]
    public void Words_of_phrases_are_bounded()
    {
        var query = QuerySyntax.Parse(string.Join('-', Enumerable.Range(0, 500)));
        Assert.Equal(QuerySyntax.MostWords, query.Clauses.Sum(clause => clause.Alternatives[0].Count));
    }

    [Fact]
    public void Phrases_take_each_word_in_any_form_and_keep_to_their_order()
    {
        const string text = "J'ai reçu les factures impayées de mon voisin";
        Assert.True(Finds("\"facture impayée\"", text));
        Assert.True(Finds("\"reçu les factures\"", text));
        Assert.False(Finds("\"impayées factures\"", text));
        Assert.False(Finds("\"factures voisin\"", text));
        Assert.False(Finds("\"voisin j'ai\"", text), "A phrase must not reach from the French terms into the English ones.");
    }

    [Fact]
    public void Fts5_takes_every_query_and_finds_what_the_score_does()
    {
        var texts = HostileTexts.Make(seed: 3, count: 300).ToList();
        var indexed = texts.ConvertAll(Analyzer.ForIndex);
        for (var i = 0; i < indexed.Count; i++) Run("INSERT INTO messages(rowid, terms) VALUES ($id, $terms)", i, indexed[i]);
        var asked = 0;
        foreach (var search in HostileTexts.Make(seed: 4, count: 1000).Append(string.Concat(Enumerable.Repeat("\"a b\" c ", 125))))
        {
            var query = QuerySyntax.Parse(search);
            if (query.IsEmpty) continue;
            asked++;
            var score = new KeywordScore(query);
            var scored = Enumerable.Range(0, indexed.Count).Where(i => score.Of(indexed[i]) > 0);
            Assert.Equal(scored.Select(i => (long)i), Match(query));
        }
        Assert.InRange(asked, 500, 1001);
    }

    public void Dispose() => _database.Dispose();

    private static bool Finds(string search, string text) => new KeywordScore(QuerySyntax.Parse(search)).Of(Analyzer.ForIndex(text)) > 0;

    private List<long> Match(KeywordQuery query)
    {
        using var command = _database.CreateCommand();
        command.CommandText = "SELECT rowid FROM messages WHERE terms MATCH $query ORDER BY rowid";
        command.Parameters.AddWithValue("$query", query.ToFts5());
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read()) ids.Add(reader.GetInt64(0));
        return ids;
    }

    private void Run(string sql, long id = 0, string terms = "")
    {
        using var command = _database.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$id", id);
        command.Parameters.AddWithValue("$terms", terms);
        command.ExecuteNonQuery();
    }
}
