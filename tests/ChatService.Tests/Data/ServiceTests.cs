using System.Text;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresServiceTests() : ServiceTests(DatabaseKind.Postgres);

public sealed class SqliteServiceTests() : ServiceTests(DatabaseKind.Sqlite);

/// <summary>The service library driven by itself, as every endpoint drives it.</summary>
public abstract class ServiceTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly CancellationToken _ct = CancellationToken.None;
    private TestDatabase _database = null!;
    private ServiceHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _host = await ServiceHost.StartAsync(kind, _database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_whole_conversation_needs_no_web_host()
    {
        var ada = await SignUpAsync("Ada");
        Assert.Equal(1, ada);
        var conversation = await CreateConversationAsync(ada, systemPrompt: "Be brief.");
        var completions = _host.Get<CompletionService>();

        var started = Success(await completions.StartAsync(ada, Ask(conversation, "What is a vector?"), null, _ct)).Value;
        Assert.Equal(CompletionStatus.Running, started.Status);
        var (text, ended) = await WatchAsync(ada, started.Id, 0);

        Assert.Equal(CompletionStatus.Completed, ended.Status);
        Assert.Equal(FinishReason.Stop, ended.FinishReason);
        var page = Success(await _host.Get<MessageHistory>().ListAsync(ada, [conversation], default, _ct))[conversation];
        Assert.Equal([MessageRole.System, MessageRole.User, MessageRole.Assistant], page.Edges.Select(e => e.Node.Role));
        Assert.Equal([0, 1, 2], page.Edges.Select(e => e.Node.Sequence));
        Assert.Equal(text, page.Edges[2].Node.Content);
        Assert.Contains("What is a vector?", text, StringComparison.Ordinal);
        await using var db = _host.Open();
        Assert.Empty(await db.CompletionTexts.ToListAsync());
        var changes = await db.Changes.OrderBy(c => c.Sequence).ToListAsync();
        Assert.Equal(Enumerable.Range(1, changes.Count).Select(i => (long)i), changes.Select(c => c.Sequence));
        Assert.Equal(
            [
                ChangeKind.ConversationCreated, ChangeKind.MessageCreated, ChangeKind.MessageCreated, ChangeKind.MessageCreated,
                ChangeKind.CompletionStarted, ChangeKind.CompletionFinished, ChangeKind.ConversationUpdated,
            ],
            changes.Select(c => c.Kind));
    }

    [Fact]
    public async Task Whoever_resumes_gets_the_rest_and_nothing_twice()
    {
        var ada = await SignUpAsync("Resumer");
        var conversation = await CreateConversationAsync(ada);
        var started = Success(await _host.Get<CompletionService>().StartAsync(ada, Ask(conversation, "Zwölf 🧪 Boxkämpfer"), null, _ct)).Value;
        var (whole, _) = await WatchAsync(ada, started.Id, 0);
        foreach (var offset in new[] { 1, 7, whole.Length / 2, whole.Length - 1, whole.Length, whole.Length + 1000 })
        {
            var (rest, ended) = await WatchAsync(ada, started.Id, offset);
            Assert.Equal(offset < whole.Length ? whole[offset..] : "", rest);
            Assert.Equal(CompletionStatus.Completed, ended.Status);
        }
    }

    [Fact]
    public async Task An_answered_question_is_answered_again_only_on_demand()
    {
        var ada = await SignUpAsync("Asker");
        var conversation = await CreateConversationAsync(ada);
        var completions = _host.Get<CompletionService>();
        var first = await CompleteAsync(ada, Ask(conversation, "Why?"));

        Assert.Equal(first.Id, (await CompleteAsync(ada, Ask(conversation, null))).Id);
        var second = await CompleteAsync(ada, Ask(conversation, null) with { Regenerate = true });

        Assert.NotEqual(first.Id, second.Id);
        var history = _host.Get<MessageHistory>();
        var page = Success(await history.ListAsync(ada, [conversation], default, _ct))[conversation];
        Assert.Equal(second.Id, page.Edges[^1].Node.Id);
        Assert.Equal(2, page.Edges.Count);
        var question = page.Edges[0].Node.Id;
        Assert.Equal([first.Id], (await history.FindReplacedAsync(ada, [question], 10, _ct))[question].Select(m => m.Id));
        Assert.Equal(second.Id, (await CompleteAsync(ada, Ask(conversation, null))).Id);
        Assert.Null((await completions.FindAsync(ada + 1, second.Id, _ct))?.Id);
    }

    [Fact]
    public async Task A_key_makes_one_thing_once()
    {
        var ada = await SignUpAsync("Keyed");
        var conversations = _host.Get<ConversationService>();
        var wanted = new NewConversation("Once", null, null);
        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => conversations.CreateAsync(ada, wanted, "key-1", _ct)));
        Assert.Single(made.Select(m => Success(m).Value.Id).Distinct());
        Assert.Single(made, m => !m.Value!.Replayed);
        Assert.Equal(ErrorCode.IdempotencyConflict, (await conversations.CreateAsync(ada, wanted with { Title = "Other" }, "key-1", _ct)).Error?.Code);

        var conversation = made[0].Value!.Value.Id;
        var messages = _host.Get<MessageService>();
        var sent = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => messages.CreateAsync(ada, conversation, "Hello", "key-1", _ct)));
        Assert.Single(sent.Select(m => Success(m).Value.Id).Distinct());

        var completions = _host.Get<CompletionService>();
        var asked = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => completions.StartAsync(ada, Ask(conversation, "Who?"), "key-1", _ct)));
        Assert.Single(asked.Select(m => Success(m).Value.Id).Distinct());
        await completions.WaitAsync(ada, asked[0].Value!.Value.Id, _ct);
        var page = Success(await _host.Get<MessageHistory>().ListAsync(ada, [conversation], default, _ct))[conversation];
        Assert.Equal(["Hello", "Who?"], page.Edges.Select(e => e.Node).Where(m => m.Role == MessageRole.User).Select(m => m.Content));
        Assert.Equal(3, page.Edges.Count);
    }

    [Fact]
    public async Task Text_is_kept_exactly_as_sent()
    {
        var ada = await SignUpAsync("Exact");
        var conversation = await CreateConversationAsync(ada);
        var long100K = new StringBuilder().Insert(0, "Élève naïf, cœur 🫀👩‍👩‍👧 ", 4_000).ToString()[..100_000];
        string[] texts = ["Ça va ?\r\n\tÀ bientôt\u0001", "🇫🇷👨‍👩‍👧‍👦", "مرحبا بالعالم ‏שלום", "e\u0301 ≠ é", " leading and trailing ", long100K];
        foreach (var text in texts)
        {
            var id = Success(await _host.Get<MessageService>().CreateAsync(ada, conversation, text, null, _ct)).Value.Id;
            Assert.Equal(text, (await _host.Get<MessageHistory>().FindAsync(ada, id, _ct))!.Content);
        }
    }

    [Fact]
    public async Task Concurrent_writers_get_one_unbroken_sequence()
    {
        var ada = await SignUpAsync("Writer");
        var conversation = await CreateConversationAsync(ada);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _host.Get<MessageService>().CreateAsync(ada, conversation, $"{i}", null, _ct)));
        var page = Success(await _host.Get<MessageHistory>().ListAsync(ada, [conversation], new PageRequest(100, null, null, null), _ct))[conversation];
        Assert.Equal(Enumerable.Range(1, 40), page.Edges.Select(e => e.Node.Sequence));
        Assert.Equal(40, page.Edges.Select(e => e.Node.Content).Distinct().Count());
    }

    [Fact]
    public async Task Pages_meet_without_gap_or_overlap_in_both_directions()
    {
        var ada = await SignUpAsync("Pager");
        var conversation = await CreateConversationAsync(ada);
        for (var i = 0; i < 11; i++) await _host.Get<MessageService>().CreateAsync(ada, conversation, $"{i}", null, _ct);
        var history = _host.Get<MessageHistory>();
        List<string> forwards = [], backwards = [];
        for (Page<Message>? page = null; page is null || page.HasNext;)
        {
            page = Success(await history.ListAsync(ada, [conversation], new PageRequest(4, page?.Edges[^1].Cursor, null, null), _ct))[conversation];
            forwards.AddRange(page.Edges.Select(e => e.Node.Content));
        }

        for (Page<Message>? page = null; page is null || page.HasPrevious;)
        {
            page = Success(await history.ListAsync(ada, [conversation], new PageRequest(null, null, 4, page?.Edges[0].Cursor), _ct))[conversation];
            backwards.InsertRange(0, page.Edges.Select(e => e.Node.Content));
        }

        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i}"), forwards);
        Assert.Equal(forwards, backwards);
        var all = Success(await history.ListAsync(ada, [conversation], default, _ct))[conversation];
        var around = Success(await history.ListAroundAsync(ada, conversation, all.Edges[5].Node.Id, 3, _ct));
        Assert.Equal(["4", "5", "6"], around.Edges.Select(e => e.Node.Content));
        Assert.True(around is { HasNext: true, HasPrevious: true });
    }

    [Fact]
    public async Task Another_owners_row_is_an_absent_row()
    {
        var ada = await SignUpAsync("Owner");
        var eve = await SignUpAsync("Eve");
        var conversation = await CreateConversationAsync(ada);
        var answer = await CompleteAsync(ada, Ask(conversation, "Secret?"));
        var nothing = ChatError.NotFound;
        Assert.Null(await _host.Get<ConversationService>().FindAsync(eve, conversation, _ct));
        Assert.Null(await _host.Get<MessageHistory>().FindAsync(eve, answer.Id, _ct));
        Assert.Null(await _host.Get<CompletionService>().FindAsync(eve, answer.Id, _ct));
        Assert.Equal(nothing, (await _host.Get<CompletionWatcher>().WatchAsync(eve, answer.Id, 0, _ct)).Error);
        Assert.Equal(nothing, (await _host.Get<CompletionService>().CancelAsync(eve, answer.Id, _ct)).Error);
        Assert.Equal(nothing, (await _host.Get<CompletionService>().StartAsync(eve, Ask(conversation, "Mine?"), null, _ct)).Error);
        Assert.Equal(nothing, (await _host.Get<MessageService>().CreateAsync(eve, conversation, "Mine", null, _ct)).Error);
        Assert.Equal(nothing, (await _host.Get<MessageService>().DeleteAsync(eve, answer.Id, _ct)).Error);
        Assert.Equal(nothing, (await _host.Get<ConversationService>().DeleteAsync(eve, conversation, _ct)).Error);
        Assert.Empty(Success(await _host.Get<MessageHistory>().ListAsync(eve, [conversation], default, _ct))[conversation].Edges);
    }

    [Fact]
    public async Task Erasing_a_user_leaves_no_row()
    {
        var eve = await SignUpAsync("Leaver");
        var conversation = await CreateConversationAsync(eve, systemPrompt: "You are kind.");
        await CompleteAsync(eve, Ask(conversation, "One?"));
        await CompleteAsync(eve, Ask(conversation, null) with { Regenerate = true });
        await _host.Get<MessageService>().CreateAsync(eve, conversation, "Keyed", "key", _ct);

        Assert.Equal(ErrorCode.InvalidCredentials, (await _host.Get<UserService>().DeleteAsync(eve, "wrong password", _ct)).Error?.Code);
        Assert.Equal(eve, Success(await _host.Get<UserService>().DeleteAsync(eve, Password, _ct)));

        await using var db = _host.Open();
        // What is left after a few seconds goes in the background.
        await Eventually.HoldsAsync(async () => await db.Users.CountAsync(u => u.Id == eve)
            + await db.Sessions.CountAsync(u => u.OwnerId == eve)
            + await db.Conversations.CountAsync(u => u.OwnerId == eve)
            + await db.Messages.CountAsync(u => u.OwnerId == eve)
            + await db.Completions.CountAsync(u => u.OwnerId == eve)
            + await db.Changes.CountAsync(u => u.OwnerId == eve)
            + await db.IdempotencyKeys.CountAsync(u => u.OwnerId == eve) == 0);
    }

    [Fact]
    public async Task Deleting_a_question_keeps_its_answer_and_leaves_a_hole()
    {
        var ada = await SignUpAsync("Deleter");
        var conversation = await CreateConversationAsync(ada);
        var answer = await CompleteAsync(ada, Ask(conversation, "Forget this."));
        await CompleteAsync(ada, Ask(conversation, "And this."));
        var history = _host.Get<MessageHistory>();
        var question = (await history.FindAsync(ada, answer.Id, _ct))!.QuestionId!.Value;

        Assert.Equal(question, Success(await _host.Get<MessageService>().DeleteAsync(ada, question, _ct)));

        Assert.Null((await history.FindAsync(ada, answer.Id, _ct))!.QuestionId);
        var page = Success(await history.ListAsync(ada, [conversation], default, _ct))[conversation];
        Assert.Equal([2, 3, 4], page.Edges.Select(e => e.Node.Sequence));
    }

    [Fact]
    public async Task Names_differing_in_case_alone_are_one()
    {
        await SignUpAsync("Émile");
        Assert.Equal(ErrorCode.UsernameTaken, (await _host.Get<UserService>().CreateAsync("émile", Password, _ct)).Error?.Code);
        Assert.Equal(ErrorCode.UsernameTaken, (await _host.Get<UserService>().CreateAsync("E\u0301mile", Password, _ct)).Error?.Code);
        Assert.Equal("Émile", Success(await _host.Get<SessionService>().SignInAsync("ÉMILE", Password, _ct)).User.Username);
        Assert.Equal(ErrorCode.InvalidCredentials, (await _host.Get<SessionService>().SignInAsync("Émile", Password + " ", _ct)).Error?.Code);
        Assert.Equal(ErrorCode.InvalidCredentials, (await _host.Get<SessionService>().SignInAsync("nobody", Password, _ct)).Error?.Code);
    }

    private const string Password = "correct horse battery";

    private static CompletionRequest Ask(long conversation, string? content) => new(conversation, content, false, false, null, null, null);

    private static T Success<T>(Result<T> result)
    {
        Assert.Null(result.Error);
        return result.Value!;
    }

    private async Task<long> SignUpAsync(string name) => Success(await _host.Get<UserService>().CreateAsync(name, Password, _ct)).User.Id;

    private async Task<long> CreateConversationAsync(long owner, string? systemPrompt = null) =>
        Success(await _host.Get<ConversationService>().CreateAsync(owner, new NewConversation(null, systemPrompt, null), null, _ct)).Value.Id;

    private async Task<Completion> CompleteAsync(long owner, CompletionRequest request)
    {
        var completions = _host.Get<CompletionService>();
        var started = Success(await completions.StartAsync(owner, request, null, _ct)).Value;
        var ended = await completions.WaitAsync(owner, started.Id, _ct);
        Assert.Equal(CompletionStatus.Completed, ended!.Status);
        return ended;
    }

    private async Task<(string Text, Completion Ended)> WatchAsync(long owner, long id, int after)
    {
        var text = new StringBuilder();
        await foreach (var told in Success(await _host.Get<CompletionWatcher>().WatchAsync(owner, id, after, _ct)))
        {
            if (told is CompletionEnded end) return (text.ToString(), end.Completion);
            text.Append(((TextGrown)told).Content);
        }

        throw new InvalidOperationException("The stream ended without an end.");
    }
}
