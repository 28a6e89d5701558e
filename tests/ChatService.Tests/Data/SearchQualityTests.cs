using ChatService.Data;
using ChatService.SearchQuality;

namespace ChatService.Tests;

/// <summary>Floors a little under what `dotnet run --project tests/search-quality` prints for the built-in embedder.</summary>
public class SearchQualityTests
{
    [Theory]
    [InlineData("same words", 0.73, 0.79)]
    [InlineData("other forms", 0.34, 0.67)]
    [InlineData("paraphrase", 0, 0.15)]
    public async Task Search_is_as_good_as_it_was(string kind, double keywordFloor, double hybridFloor)
    {
        var (search, set) = await SearchAsync();
        var questions = set.Questions.Where(question => question.Kind == kind).ToList();
        Assert.Equal(15, questions.Count);
        Assert.InRange((await Measures.OfAsync(search.KeywordAsync, questions)).Ndcg, keywordFloor, 1);
        Assert.InRange((await Measures.OfAsync(search.SemanticAsync, questions)).Ndcg, hybridFloor, 1);
        Assert.InRange((await Measures.OfAsync(search.HybridAsync, questions)).Ndcg, hybridFloor, 1);
    }

    [Fact]
    public async Task Questions_without_an_answer_get_next_to_no_hits()
    {
        var (search, set) = await SearchAsync();
        var unanswerable = set.Questions.Where(question => question.Relevant.Count == 0).ToList();
        Assert.Equal(10, unanswerable.Count);
        Assert.InRange((await Measures.OfAsync(search.HybridAsync, unanswerable)).Hits, 0, 0.3);
    }

    [Fact]
    public async Task Judgments_name_messages_of_the_set()
    {
        var set = await QualitySet.ReadAsync();
        var ids = set.Messages.Select(message => message.Id).ToHashSet();
        Assert.Equal(set.Messages.Count, ids.Count);
        Assert.All(set.Questions.SelectMany(question => question.Relevant), judged =>
        {
            Assert.Contains(judged.Key, ids);
            Assert.InRange(judged.Value, 1, 3);
        });
    }

    private static async Task<(InMemorySearch Search, QualitySet Set)> SearchAsync()
    {
        var set = await QualitySet.ReadAsync();
        using var embedder = new HashingEmbedder();
        return (await InMemorySearch.CreateAsync(set, embedder, HashingEmbedder.MinimumSimilarity), set);
    }
}
