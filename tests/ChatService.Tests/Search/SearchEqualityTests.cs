using ChatService.Data;
using ChatService.SearchQuality;

namespace ChatService.Tests;

/// <summary>Both databases find the same messages, in the same order.</summary>
public sealed class SearchEqualityTests
{
    /// <summary>Bytes of terms after which every third search ranks no more.</summary>
    private const long Few = 400;

    private static readonly CancellationToken _ct = CancellationToken.None;

    [Fact]
    public async Task Words_find_the_same_on_both_databases()
    {
        var set = await QualitySet.ReadAsync();
        List<string> contents =
        [
            .. set.Messages.Select(message => message.Content),
            .. HostileTexts.Make(21, 300).Where(text => Input.CheckContent(text) is null),
        ];
        List<string> queries =
        [
            .. set.Questions.Select(question => question.Query),
            .. contents.Select(content => content[..Math.Min(content.Length, 20)]),
            .. contents.Select(content => $"\"{content[..Math.Min(content.Length, 30)].Replace('"', ' ')}\""),
            .. HostileTexts.Make(22, 2_000),
        ];
        var asked = queries.Where(query => Input.CheckSearch(query) is null).ToList();
        Assert.InRange(asked.Count, 1_500, 4_000);

        var answers = await Task.WhenAll(Enum.GetValues<DatabaseKind>().Select(kind => AnswersAsync(kind, contents, asked)));

        Assert.All(asked.Index(), query => Assert.Equal(answers[0][query.Index], answers[1][query.Index]));
        Assert.InRange(answers[0].Count(found => found.Length > 0), 500, asked.Count);
    }

    private static async Task<List<string>> AnswersAsync(DatabaseKind kind, List<string> contents, List<string> queries)
    {
        await using var database = await Databases.CreateAsync(kind);
        await using var host = await ServiceHost.StartAsync(kind, database.ConnectionString);
        var owner = (await host.Get<UserService>().CreateAsync("Ada", "correct horse battery", _ct)).Value!.User.Id;
        var conversation = (await host.Get<ConversationService>().CreateAsync(owner, new NewConversation(null, null, null), null, _ct)).Value!.Value.Id;
        await BulkMessages.InsertAsync(host, owner, conversation, 1_000, contents);
        var index = host.Get<IMessageIndex>();
        await using var db = host.Open();
        var answers = new List<string>(queries.Count);
        foreach (var (i, query) in queries.Select(QuerySyntax.Parse).Index())
        {
            List<string> found = [];
            var score = new KeywordScore(query);
            if (!query.IsEmpty)
            {
                await foreach (var hit in index.FindByWordsAsync(db, owner, query, SearchFilter.All, 50, i % 3 == 0 ? Few : long.MaxValue, _ct))
                    found.Add($"{hit.MessageId}:{score.Of(hit.Terms):R}");
            }

            answers.Add(string.Join(' ', found));
        }

        return answers;
    }
}
