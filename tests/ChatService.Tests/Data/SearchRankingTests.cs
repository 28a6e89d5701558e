using ChatService.Data;

namespace ChatService.Tests;

public class SearchRankingTests
{
    [Fact]
    public void Fusion_adds_the_shares_of_both_places()
    {
        var hits = RankFusion.Fuse(semantic: [7, 3], keyword: [3, 9]);
        Assert.Equal(
            [
                new FusedHit(3, 1.0 / 62 + 1.0 / 61, SemanticRank: 2, KeywordRank: 1),
                new FusedHit(7, 1.0 / 61, SemanticRank: 1, KeywordRank: null),
                new FusedHit(9, 1.0 / 62, SemanticRank: null, KeywordRank: 2),
            ],
            hits);
    }

    [Fact]
    public void Of_equal_scores_the_newer_message_comes_first() =>
        Assert.Equal([9, 4], RankFusion.Fuse(semantic: [4], keyword: [9]).Select(hit => hit.MessageId));

    [Fact]
    public void Fusion_of_nothing_is_empty() => Assert.Empty(RankFusion.Fuse([], []));

    [Theory]
    [InlineData("facture", "Facture, factures et facturation", "La facture est arrivée")]
    [InlineData("facture", "La facture", "La facture est arrivée hier par la poste avec le journal, la publicité et une carte de ma tante")]
    [InlineData("facture gaz", "Le gaz, la facture, le gaz, la facture", "Le gaz et la facture")]
    public void More_and_denser_occurrences_score_higher(string search, string better, string worse) =>
        Assert.True(Score(search, better) > Score(search, worse));

    [Theory]
    [InlineData("facture gaz", "La facture")]
    [InlineData("fact", "La facture")]
    [InlineData("\"la facture\"", "La grosse facture")]
    [InlineData("facture", "")]
    public void Message_without_all_of_it_scores_nothing(string search, string text) => Assert.Equal(0, Score(search, text));

    private static double Score(string search, string text) => new KeywordScore(QuerySyntax.Parse(search)).Of(Analyzer.ForIndex(text));
}
