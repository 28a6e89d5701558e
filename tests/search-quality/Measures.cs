namespace ChatService.SearchQuality;

/// <summary>Ranks all messages for a query; the best first, at most as many as a search would give.</summary>
public delegate Task<IReadOnlyList<long>> Ranking(string query);

/// <summary>Averages over the questions of a kind, of the first ten hits; <paramref name="Hits"/> counts all.</summary>
public sealed record Measures(double Ndcg, double Recall, double Hits)
{
    private const int Depth = 10;

    public static async Task<Measures> OfAsync(Ranking rank, IEnumerable<Question> questions)
    {
        var each = new List<Measures>();
        foreach (var question in questions) each.Add(Of(await rank(question.Query), question.Relevant));
        return new Measures(each.Average(one => one.Ndcg), each.Average(one => one.Recall), each.Average(one => one.Hits));
    }

    /// <summary>Normalised discounted cumulative gain with gain 2^grade - 1. A question without an answer is best met with no hits.</summary>
    private static Measures Of(IReadOnlyList<long> ranked, IReadOnlyDictionary<long, int> relevant)
    {
        if (relevant.Count == 0) return ranked.Count == 0 ? new Measures(1, 1, 0) : new Measures(0, 0, ranked.Count);
        var first = ranked.Take(Depth).ToList();
        var gained = Discounted(first.Select(id => relevant.GetValueOrDefault(id)));
        var possible = Discounted(relevant.Values.OrderDescending().Take(Depth));
        return new Measures(gained / possible, first.Count(relevant.ContainsKey) / (double)Math.Min(relevant.Count, Depth), ranked.Count);
    }

    private static double Discounted(IEnumerable<int> grades) => grades.Select((grade, i) => (Math.Pow(2, grade) - 1) / Math.Log2(i + 2)).Sum();
}
