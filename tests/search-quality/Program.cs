using System.Globalization;
using ChatService.SearchQuality;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

var set = await QualitySet.ReadAsync();
using var embedder = arguments.CreateEmbedder();
var search = await InMemorySearch.CreateAsync(set, embedder, arguments.MinimumSimilarity);
Console.WriteLine($"{set.Messages.Count} messages, {set.Questions.Count} questions, {arguments.Model}");
Console.WriteLine();
if (arguments.Sweep) await Table.PrintSweepAsync(search, set);
else await Table.PrintAsync(search, set);
return 0;
