using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>Who asks for many searches waits for their own.</summary>
public sealed class SearchTurnTests : IAsyncLifetime
{
    private const string Search = "{ searchMessages(query: \"loom\") { nodes { content } } }";
    private const int Waiting = 100;

    private TestDatabase _database = null!;
    private ChatApp _app = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _app = ChatApp.Start(_database, settings: new Dictionary<string, string?> { ["Limits:Enabled"] = "true", ["Limits:SearchesAtOncePerUser"] = "1" });
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_user_searches_a_few_times_at_once_and_nobody_else_waits_for_it()
    {
        using var ada = await Person.SignUpAsync(_app.Address, "ada");
        using var grace = await Person.SignUpAsync(_app.Address, "grace");
        var turns = _app.Services.GetRequiredService<SearchTurns>();
        var held = await turns.WaitAsync(1, CancellationToken.None);
        var waiting = Enumerable.Range(0, Waiting).Select(_ => turns.WaitAsync(1, CancellationToken.None).AsTask()).ToArray();
        Assert.All(waiting, turn => Assert.False(turn.IsCompleted));

        Assert.Equal(["OVERLOADED"], (await ada.GraphQL.RunAsync(Search)).Codes);
        Assert.Empty((await grace.GraphQL.RunAsync(Search)).Codes);

        held.Dispose();
        foreach (var turn in waiting) (await turn).Dispose();
        Assert.Empty((await ada.GraphQL.RunAsync(Search)).Codes);
    }
}
