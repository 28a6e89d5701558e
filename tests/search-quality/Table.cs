namespace ChatService.SearchQuality;

/// <summary>Prints measures as Markdown tables.</summary>
public static class Table
{
    /// <summary>nDCG@10 / recall@10, a line for each mode, a column for each kind; how many hits there are where there should be none.</summary>
    public static async Task PrintAsync(InMemorySearch search, QualitySet set)
    {
        var answerable = set.Questions.Where(question => question.Relevant.Count > 0).ToList();
        var kinds = answerable.GroupBy(question => question.Kind).ToList();
        Console.WriteLine($"| nDCG@10 / recall@10 | {string.Join(" | ", kinds.Select(kind => kind.Key))} | all | hits for nothing |");
        Console.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" --- |", kinds.Count + 2))}");
        foreach (var (mode, rank) in Modes(search))
        {
            var cells = new List<string>();
            foreach (var kind in kinds) cells.Add(Cell(await Measures.OfAsync(rank, kind)));
            cells.Add(Cell(await Measures.OfAsync(rank, answerable)));
            cells.Add($"{(await Measures.OfAsync(rank, set.Questions.Except(answerable))).Hits:F1}");
            Console.WriteLine($"| {mode} | {string.Join(" | ", cells)} |");
        }
    }

    /// <summary>What a minimum similarity costs in hits that are missed, and saves in hits that are noise.</summary>
    public static async Task PrintSweepAsync(InMemorySearch search, QualitySet set)
    {
        var answerable = set.Questions.Where(question => question.Relevant.Count > 0).ToList();
        Console.WriteLine("| minimum similarity | SEMANTIC | HYBRID | hits a question | hits for nothing |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        for (var percent = 0; percent <= 70; percent += 2)
        {
            var at = search.WithMinimumSimilarity(percent / 100f);
            var semantic = await Measures.OfAsync(at.SemanticAsync, answerable);
            var hybrid = await Measures.OfAsync(at.HybridAsync, answerable);
            var nothing = await Measures.OfAsync(at.SemanticAsync, set.Questions.Except(answerable));
            Console.WriteLine($"| {percent / 100f:F2} | {Cell(semantic)} | {Cell(hybrid)} | {semantic.Hits:F1} | {nothing.Hits:F1} |");
        }
    }

    private static (string Mode, Ranking Rank)[] Modes(InMemorySearch search) =>
        [("KEYWORD", search.KeywordAsync), ("SEMANTIC", search.SemanticAsync), ("HYBRID", search.HybridAsync)];

    private static string Cell(Measures measures) => $"{measures.Ndcg:F2} / {measures.Recall:F2}";
}
