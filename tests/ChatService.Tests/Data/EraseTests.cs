using System.Diagnostics;
using System.Globalization;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace ChatService.Tests;

public sealed class PostgresEraseTests(ITestOutputHelper output) : EraseTests(DatabaseKind.Postgres, output);

public sealed class SqliteEraseTests(ITestOutputHelper output) : EraseTests(DatabaseKind.Sqlite, output);

/// <summary>Whatever is given up is gone at once for everybody, and soon from every table, in small transactions.</summary>
public abstract class EraseTests(DatabaseKind kind, ITestOutputHelper output) : IAsyncLifetime
{
    private const int LargestBatch = 500;
    private const string Password = "correct horse battery";
    private const string Word = "zinnober";
    private static readonly CancellationToken _ct = CancellationToken.None;
    private static readonly int _many = TestRun.IsLong ? 100_000 : 1_100;

    /// <summary>Tables that belong to nobody. A new table is either owned or named here.</summary>
    private static readonly string[] _ownerless = ["search_models", "id_counters"];

    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ServiceHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_user_is_gone_at_once_and_then_every_row_of_theirs()
    {
        var ada = await FillAsync("Ada", _many);
        var grace = await FillAsync("Grace", 10);
        var beside = await CountAsync(grace.Owner);
        Assert.All((await CountAsync(ada.Owner)).Where(table => table.Key != "pending_embeddings"), table => Assert.True(table.Value > 0, table.Key));
        var running = _host.Get<CompletionService>().WaitAsync(ada.Owner, ada.Running, _ct);

        var erasing = Stopwatch.StartNew();
        var longest = await WriteUntilAsync(grace.Owner, EraseAsync());
        output.WriteLine($"{_many} messages erased in {erasing.Elapsed.TotalSeconds:F1} s; somebody else's longest write meanwhile took {longest.TotalMilliseconds:F0} ms");
        var after = await CountAsync(grace.Owner);
        foreach (var (table, count) in beside.Where(table => table.Key is not ("messages" or "indexed_messages" or "pending_embeddings" or "message_embeddings" or "changes")))
            Assert.Equal((table, count), (table, after[table]));
        Assert.True(after["messages"] >= beside["messages"]);
        Assert.Equal(0, await UnindexedAsync());
        // Less than its deadline, which it would pass if all was erased in one. On a machine that stalls all takes long, and no write the most of it.
        Assert.True(longest < TimeSpan.FromSeconds(15) || longest < erasing.Elapsed / 3, $"{longest}");

        async Task EraseAsync()
        {
            Assert.Equal(ada.Owner, Success(await _host.Get<UserService>().DeleteAsync(ada.Owner, Password, _ct)));
            Assert.Null(await running);
            Assert.Null(await _host.Get<UserService>().FindAsync(ada.Owner, _ct));
            Assert.Null(await _host.Get<SessionService>().FindAsync(ada.Token, _ct));
            Assert.Equal(ErrorCode.InvalidCredentials, (await _host.Get<SessionService>().SignInAsync("Ada", Password, _ct)).Error?.Code);
            Assert.Equal(ErrorCode.NotFound, (await _host.Get<ConversationService>().CreateAsync(ada.Owner, new NewConversation(null, null, null), null, _ct)).Error?.Code);
            Assert.NotEqual(ada.Owner, Success(await _host.Get<UserService>().CreateAsync("ada", Password, _ct)).User.Id);
            await Eventually.HoldsAsync(async () => (await CountAsync(ada.Owner)).Values.All(count => count == 0), TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task An_erasure_that_breaks_off_has_gone_in_batches_and_goes_on_after_a_restart()
    {
        var ada = await FillAsync("Ada", _many);
        await StopTrigger.SetAsync(_database, ada.FirstMessage);

        Assert.Equal(ada.Owner, Success(await _host.Get<UserService>().DeleteAsync(ada.Owner, Password, _ct)));

        var left = await Eventually.GetAsync(() => CountAsync(ada.Owner), tables => tables["messages"] <= LargestBatch);
        Assert.InRange(left["messages"], 1, LargestBatch);
        Assert.Equal((1, 0), (left["users"], left["sessions"]));
        Assert.Equal(ErrorCode.InvalidCredentials, (await _host.Get<SessionService>().SignInAsync("Ada", Password, _ct)).Error?.Code);

        await _host.DisposeAsync();
        await StopTrigger.DropAsync(_database);
        await StartAsync();
        await Eventually.GetAsync(() => CountAsync(ada.Owner), tables => tables.Values.All(count => count == 0));
    }

    [Fact]
    public async Task A_conversation_is_gone_at_once_and_then_every_row_of_it_and_the_others_stay()
    {
        var ada = await FillAsync("Ada", _many);
        await StopTrigger.SetAsync(_database, ada.FirstMessage);
        var running = _host.Get<CompletionService>().WaitAsync(ada.Owner, ada.Running, _ct);

        Assert.Equal(ada.Conversation, Success(await _host.Get<ConversationService>().DeleteAsync(ada.Owner, ada.Conversation, _ct)));

        // Some rows cannot go yet, and nothing of them is found.
        Assert.Null(await running);
        var conversations = _host.Get<ConversationService>();
        Assert.Null(await conversations.FindAsync(ada.Owner, ada.Conversation, _ct));
        Assert.Equal([ada.Other], Success(await conversations.ListAsync(ada.Owner, false, default, _ct)).Edges.Select(edge => edge.Node.Id));
        Assert.Null(await _host.Get<MessageHistory>().FindAsync(ada.Owner, ada.FirstMessage, _ct));
        Assert.Equal(ErrorCode.NotFound, (await _host.Get<MessageService>().UpdateAsync(ada.Owner, ada.FirstMessage, "Mine", _ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await _host.Get<MessageService>().CreateAsync(ada.Owner, ada.Conversation, "Mine", null, _ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await conversations.DeleteAsync(ada.Owner, ada.Conversation, _ct)).Error?.Code);
        var left = await Eventually.GetAsync(() => CountAsync(ada.Owner, ada.Conversation), tables => tables["messages"] <= LargestBatch);
        Assert.InRange(left["messages"], 1, LargestBatch);
        foreach (var mode in Enum.GetValues<SearchMode>())
        {
            var found = Success(await _host.Get<SearchService>().SearchAsync(ada.Owner, new SearchRequest(Word, mode, new SearchFilter(), 50, null), _ct));
            Assert.All(found.Hits, hit => Assert.Equal(ada.Other, hit.Message.ConversationId));
        }

        await StopTrigger.DropAsync(_database);
        // That it was deleted is told for a while; the next try is soon.
        await Eventually.GetAsync(
            () => CountAsync(ada.Owner, ada.Conversation), tables => tables.All(table => table.Value == (table.Key == "changes" ? 1 : 0)));
        Assert.Equal(0, await UnindexedAsync());
        await using var db = _host.Open();
        Assert.Equal(ChangeKind.ConversationDeleted, (await db.Changes.SingleAsync(c => c.OwnerId == ada.Owner && c.ConversationId == ada.Conversation)).Kind);
        Assert.Equal(["other"], await db.IdempotencyKeys.Where(k => k.OwnerId == ada.Owner).Select(k => k.Key).ToListAsync());
        Assert.Equal(["Zinnober is red.", "Indeed."], await db.Messages.Where(m => m.OwnerId == ada.Owner).OrderBy(m => m.Sequence).Select(m => m.Content).ToListAsync());
    }

    [Fact]
    public async Task Answers_are_gone_with_their_conversation_whose_rows_are_all_there_yet()
    {
        var ada = await FillAsync("Ada", 10);
        await StopTrigger.SetAsync(_database, ada.FirstMessage);
        List<long> answers;
        await using (var db = _host.Open())
            answers = await db.Completions.Where(c => c.OwnerId == ada.Owner && c.ConversationId == ada.Conversation && c.Id != ada.Running).Select(c => c.Id).ToListAsync();
        Assert.Equal(2, answers.Count);

        Success(await _host.Get<ConversationService>().DeleteAsync(ada.Owner, ada.Conversation, _ct));

        Assert.Empty(await _host.Get<CompletionService>().FindManyAsync(ada.Owner, answers, _ct));
        foreach (var answer in answers)
        {
            Assert.Null(await _host.Get<CompletionService>().FindAsync(ada.Owner, answer, _ct));
            Assert.Equal(ErrorCode.NotFound, (await _host.Get<CompletionWatcher>().WatchAsync(ada.Owner, answer, 0, _ct)).Error?.Code);
        }

        Assert.Equal(2, (await CountAsync(ada.Owner, ada.Conversation))["completions"]);
    }

    private sealed record Filled(long Owner, string Token, long Conversation, long FirstMessage, long Other, long Running);

    /// <summary>Somebody with rows in every table, most of them in one conversation.</summary>
    private async Task<Filled> FillAsync(string name, int messages)
    {
        var begun = Success(await _host.Get<UserService>().CreateAsync(name, Password, _ct));
        var owner = begun.User.Id;
        var conversation = Success(await _host.Get<ConversationService>().CreateAsync(owner, new NewConversation("Much", null, null), "conversation", _ct)).Value.Id;
        var other = Success(await _host.Get<ConversationService>().CreateAsync(owner, new NewConversation("Little", null, null), "other", _ct)).Value.Id;
        var firstId = owner * 10_000_000;
        await BulkMessages.InsertAsync(_host, owner, conversation, firstId, [.. Enumerable.Range(0, messages).Select(i => $"{Word} {i}")]);
        await using (var db = _host.Open())
        {
            await db.Conversations.Where(c => c.OwnerId == owner && c.Id == conversation)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.LastSequence, messages));
        }

        await AskAsync(owner, conversation, "What is it?", "It is red.", "asked");
        await AskAsync(owner, conversation, null, "It is a red.", null);
        Success(await _host.Get<MessageService>().CreateAsync(owner, conversation, "Keyed", "message", _ct));
        // Its key outlives it, lest a late repetition write it anew, but not its conversation.
        var removed = Success(await _host.Get<MessageService>().CreateAsync(owner, conversation, "Removed", "removed", _ct)).Value.Id;
        Success(await _host.Get<MessageService>().DeleteAsync(owner, removed, _ct));
        Assert.Equal(ErrorCode.NotFound, (await _host.Get<MessageService>().CreateAsync(owner, conversation, "Removed", "removed", _ct)).Error?.Code);
        await AskAsync(owner, other, "Zinnober is red.", "Indeed.", null);
        var gate = new Gate();
        _provider.Answer(Reply.Of("Once upon ").Wait(gate));
        var running = Success(await _host.Get<CompletionService>().StartAsync(owner, Ask(conversation, $"And {Word}?") with { Recall = true }, "running", _ct)).Value.Id;
        await Eventually.GetAsync(() => CountAsync(owner), tables => tables["completion_texts"] > 0);
        return new Filled(owner, begun.Token, conversation, firstId, other, running);
    }

    private async Task AskAsync(long owner, long conversation, string? question, string answer, string? key)
    {
        _provider.Answer(answer);
        var request = Ask(conversation, question) with { Regenerate = question is null };
        var started = Success(await _host.Get<CompletionService>().StartAsync(owner, request, key, _ct)).Value;
        Assert.Equal(CompletionStatus.Completed, (await _host.Get<CompletionService>().WaitAsync(owner, started.Id, _ct))!.Status);
    }

    /// <returns>The longest that a message of somebody else's took until the task had ended.</returns>
    private async Task<TimeSpan> WriteUntilAsync(long owner, Task ended)
    {
        var conversation = Success(await _host.Get<ConversationService>().CreateAsync(owner, new NewConversation(null, null, null), null, _ct)).Value.Id;
        var longest = TimeSpan.Zero;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            var writing = Stopwatch.StartNew();
            Success(await _host.Get<MessageService>().CreateAsync(owner, conversation, "Beside", null, _ct));
            if (writing.Elapsed > longest) longest = writing.Elapsed;
            await pace.WaitForNextTickAsync(_ct);
        }
        while (!ended.IsCompleted);
        await ended;
        Success(await _host.Get<ConversationService>().DeleteAsync(owner, conversation, _ct));
        return longest;
    }

    /// <summary>The rows of an owner, or of one conversation, in every table that the model has.</summary>
    private async Task<Dictionary<string, long>> CountAsync(long owner, long? conversation = null)
    {
        await using var db = _host.Open();
        var counts = new Dictionary<string, long>();
        foreach (var entity in db.Model.GetEntityTypes())
        {
            var table = entity.GetTableName()!;
            var column = entity.ClrType == typeof(User) ? "id" : entity.FindProperty("OwnerId")?.GetColumnName();
            if (column is null)
            {
                Assert.Contains(table, _ownerless);
                continue;
            }

            var where = string.Create(CultureInfo.InvariantCulture, $"{column} = {owner}");
            if (conversation is not null)
            {
                var its = entity.ClrType == typeof(Conversation) ? "id" : entity.FindProperty("ConversationId")?.GetColumnName();
                if (its is null) continue;
                where += string.Create(CultureInfo.InvariantCulture, $" AND {its} = {conversation}");
            }

            var count = $"SELECT COUNT(*) AS \"Value\" FROM {table} WHERE {where}";
            counts[table] = (await db.Database.SqlQueryRaw<long>(count).ToListAsync())[0];
        }

        return counts;
    }

    /// <summary>Entries of SQLite's word index that have no row any more.</summary>
    private async Task<long> UnindexedAsync()
    {
        if (kind == DatabaseKind.Postgres) return 0;
        await using var db = _host.Open();
        return (await db.Database.SqlQueryRaw<long>(
            "SELECT COUNT(*) AS \"Value\" FROM message_words_docsize WHERE id NOT IN (SELECT message_id FROM indexed_messages)").ToListAsync())[0];
    }

    private async Task StartAsync() => _host = await ServiceHost.StartAsync(
        kind, _database.ConnectionString, ("Completions:Models:0:Name", "scripted"), ("Completions:Models:0:ModelId", "scripted"),
        ("Completions:Models:0:Endpoint", _provider.Endpoint.AbsoluteUri), ("Completions:FlushInterval", "00:00:00.05"), ("Changes:PurgeInterval", "00:00:02"));

    private static CompletionRequest Ask(long conversation, string? content) => new(conversation, content, false, false, null, null, null);

    private static T Success<T>(Result<T> result)
    {
        Assert.Null(result.Error);
        return result.Value!;
    }
}
