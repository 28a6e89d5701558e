namespace ChatService.Tests;

public sealed class PostgresTitleTests() : TitleTests(DatabaseKind.Postgres);

public sealed class SqliteTitleTests() : TitleTests(DatabaseKind.Sqlite);

/// <summary>Conversations that were begun without a title.</summary>
public abstract class TitleTests(DatabaseKind kind) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_first_answer_gives_the_questions_first_words_and_tells_the_feed()
    {
        await using var app = ChatApp.Start(_database, _provider);
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        (string Question, string Title)[] cases =
        [
            ("What is a vector?", "What is a vector?"),
            ("\n  Où  est\tle café ?\nDis-moi.", "Où est le café ?"),
            ("A question that goes on and on until nobody remembers how it began", "A question that goes on and on until nobody remembers how it…"),
            (string.Concat(Enumerable.Repeat("🦉", 40)), string.Concat(Enumerable.Repeat("🦉", 30)) + "…"),
        ];
        foreach (var (question, title) in cases)
        {
            var conversation = await ada.CreateConversationAsync();
            await ada.CompleteAsync(conversation, question);
            Assert.Equal(title, await TitleAsync(ada, conversation));
            Assert.Equal("CONVERSATION_UPDATED", await LastChangeAsync(ada, conversation));
        }
    }

    [Fact]
    public async Task A_title_that_a_person_gave_stays()
    {
        await using var app = ChatApp.Start(_database, _provider);
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var named = await ada.CreateConversationAsync("Mine");
        await ada.CompleteAsync(named, "What is a vector?");
        Assert.Equal("Mine", await TitleAsync(ada, named));

        var renamed = await ada.CreateConversationAsync();
        var gate = new Gate();
        _provider.Answer(Reply.Of("So.").Wait(gate));
        var started = (await ada.StartAsync(renamed, "Late?")).GetProperty("completion").GetProperty("id").GetString()!;
        await gate.Reached;
        await ada.GraphQL.DataAsync("mutation($id: ID!) { updateConversation(input: { id: $id, title: \"Quicker\" }) { conversation { title } } }", new { id = renamed });
        gate.Open();
        Assert.Equal("COMPLETED", (await ada.WatchAsync(started)).Status);
        Assert.Equal("Quicker", await TitleAsync(ada, renamed));
    }

    [Fact]
    public async Task A_failed_answer_gives_none()
    {
        await using var app = ChatApp.Start(_database, _provider);
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var conversation = await ada.CreateConversationAsync();
        _provider.Answer(Reply.Failure(400));
        await ada.CompleteAsync(conversation, "Why?");
        Assert.Equal("", await TitleAsync(ada, conversation));
    }

    [Theory]
    [InlineData("\"Vectors, briefly\"", "Vectors, briefly")]
    [InlineData("", "What is a vector?")]
    [InlineData(null, "What is a vector?")]
    public async Task A_model_can_be_configured_to_find_it(string? said, string title)
    {
        await using var app = ChatApp.Start(_database, _provider, new Dictionary<string, string?> { ["Completions:TitleModel"] = "scripted" });
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var conversation = await ada.CreateConversationAsync();
        _provider.Answer("An arrow.");
        _provider.Answer(said is null ? Reply.Failure(400) : Reply.Of(said));
        await ada.CompleteAsync(conversation, "What is a vector?");
        await Eventually.HoldsAsync(async () => await TitleAsync(ada, conversation) == title);
        Assert.Equal("CONVERSATION_UPDATED", await LastChangeAsync(ada, conversation));
        Assert.Equal(2, _provider.Requests.Count);
        await ada.CompleteAsync(conversation, "And a matrix?");
        Assert.Equal(3, _provider.Requests.Count);
    }

    private static async Task<string?> TitleAsync(Person person, string conversation) =>
        (await person.GraphQL.DataAsync("query($id: ID!) { conversation(id: $id) { title } }", new { id = conversation })).GetProperty("conversation").GetProperty("title").GetString();

    /// <summary>Reads the feed from its beginning up to where it stands.</summary>
    private static async Task<string?> LastChangeAsync(Person person, string conversation)
    {
        var now = (await person.GraphQL.DataAsync("{ changeCursor }")).GetProperty("changeCursor").GetString()!;
        var last = new long[2];
        Assert.True(Data.Cursor.TryRead(now, 'f', last));
        var results = person.SubscribeAsync(
            "subscription($after: String, $id: ID) { changes(after: $after, conversationId: $id) { cursor kind } }",
            new { after = Data.Cursor.Write('f', 0, last[1]), id = conversation });
        await foreach (var result in results)
        {
            var change = result.GetProperty("data").GetProperty("changes");
            var at = new long[2];
            Assert.True(Data.Cursor.TryRead(change.GetProperty("cursor").GetString()!, 'f', at));
            if (at[0] == last[0]) return change.GetProperty("kind").GetString();
        }

        throw new InvalidOperationException("The feed ended.");
    }
}
