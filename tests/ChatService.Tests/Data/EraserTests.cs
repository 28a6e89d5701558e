using System.Globalization;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace ChatService.Tests;

public sealed class PostgresEraserTests(ITestOutputHelper output) : EraserTests(DatabaseKind.Postgres, output);

public sealed class SqliteEraserTests(ITestOutputHelper output) : EraserTests(DatabaseKind.Sqlite, output);

/// <summary>What is removed in the background: in which portions, within the deadline that is shipped, and past what cannot be removed.</summary>
public abstract class EraserTests(DatabaseKind kind, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    /// <summary>Of the longest messages in one transaction: a quarter of a million bytes of text.</summary>
    private const int LargestBatch = 250_000 / Input.MaximumContentLength;

    private const int VectorsOfEach = 154;
    private static readonly CancellationToken _ct = CancellationToken.None;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(TestRun.IsLong ? 5 : 1);

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
    public async Task What_cannot_be_removed_keeps_nobody_else_waiting()
    {
        var (held, next, other) = (await FillAsync("Ada", 2), await FillAsync("Grace", 2), await FillAsync("Eve", 2));
        await StopTrigger.SetAsync(_database, held.FirstMessage);
        await using (var db = _host.Open())
        {
            // The held one first, so that it is the first of every round.
            var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            await db.Users.Where(u => u.Id == held.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.ErasedAt, at));
            await db.Users.Where(u => u.Id == next.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.ErasedAt, at.AddDays(1)));
            await db.Conversations.Where(c => c.OwnerId == other.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.ErasedAt, at.AddDays(2)));
        }

        await GoneAsync(next.Id);
        await Eventually.HoldsAsync(async () => (await CountAsync(other.Id)).Messages == 0);
        Assert.Equal((1, 2), ((await CountAsync(held.Id)).Users, (await CountAsync(held.Id)).Messages));
        Assert.Equal(1, (await CountAsync(other.Id)).Users);
        await StopTrigger.DropAsync(_database);
        await GoneAsync(held.Id);
    }

    [Fact]
    public async Task The_longest_messages_go_a_few_at_a_time()
    {
        var count = TestRun.IsLong ? 200 : 20;
        var ada = await FillAsync("Ada", count);
        await LengthenAsync(ada.Id);
        Assert.Equal((count, count * VectorsOfEach), ((await CountAsync(ada.Id)).Messages, (await CountAsync(ada.Id)).Vectors));
        await StopTrigger.SetAsync(_database, ada.FirstMessage);
        await using (var db = _host.Open()) await db.Users.Where(u => u.Id == ada.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.ErasedAt, DateTime.UtcNow));
        await _host.DisposeAsync();

        var since = TimeProvider.System.GetTimestamp();
        await StartAsync(("Database:Deadline", "00:00:02"));

        // The last transaction has the message that cannot be removed; all the others were done.
        var left = await Eventually.GetAsync(() => CountAsync(ada.Id), counts => counts.Messages <= LargestBatch, _patience);
        Assert.InRange(left.Messages, 1, LargestBatch);
        Assert.Equal(left.Messages * VectorsOfEach, left.Vectors);
        await StopTrigger.DropAsync(_database);
        await GoneAsync(ada.Id);
        output.WriteLine($"{count} of the longest messages with {count * VectorsOfEach} vectors were gone after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s");
    }

    [Fact]
    public async Task An_answer_that_another_process_has_removed_is_made_no_longer()
    {
        var ada = await FillAsync("Ada", 0);
        _provider.Answer(Reply.Of("Once upon ").Wait(new Gate()));
        var request = new CompletionRequest(ada.Conversation, "And?", false, false, null, null, null);
        var running = (await _host.Get<CompletionService>().StartAsync(ada.Id, request, null, _ct)).Value!.Value.Id;
        var ended = _host.Get<CompletionService>().WaitAsync(ada.Id, running, _ct);
        await using (var db = _host.Open())
        {
            await Eventually.HoldsAsync(() => db.CompletionTexts.AnyAsync(t => t.CompletionId == running));
            await db.Completions.Where(c => c.OwnerId == ada.Id && c.Id == running).ExecuteDeleteAsync();
        }

        Assert.True(await (await _provider.RequestAsync(1)).Aborted.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Null(await ended.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private sealed record Owner(long Id, long Conversation, long FirstMessage);

    private sealed record Counts(int Users, int Messages, int Vectors);

    private async Task<Owner> FillAsync(string name, int messages)
    {
        var owner = (await _host.Get<UserService>().CreateAsync(name, Password, _ct)).Value!.User.Id;
        var conversation = (await _host.Get<ConversationService>().CreateAsync(owner, new NewConversation("Much", null, null), null, _ct)).Value!.Value.Id;
        await BulkMessages.InsertAsync(_host, owner, conversation, owner * 10_000_000, [.. Enumerable.Range(0, messages).Select(i => $"Number {i}")]);
        return new Owner(owner, conversation, owner * 10_000_000);
    }

    /// <summary>Makes every message one of the longest, with as many words and vectors as those have.</summary>
    private async Task LengthenAsync(long owner)
    {
        var text = string.Join(' ', Enumerable.Range(0, Input.MaximumContentLength / 6).Select(i => $"w{i}"))[..Input.MaximumContentLength];
        await using var db = _host.Open();
        // All of them in one statement take long.
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        await db.Messages.Where(m => m.OwnerId == owner).ExecuteUpdateAsync(set => set.SetProperty(m => m.Content, text));
        await db.IndexedMessages.Where(m => m.OwnerId == owner).ExecuteUpdateAsync(set => set.SetProperty(m => m.Terms, text));
        await db.Database.ExecuteSqlRawAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            WITH RECURSIVE pieces(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM pieces WHERE number < {VectorsOfEach - 1})
            INSERT INTO message_embeddings (owner_id, message_id, model, piece, start, length, vector, conversation_id, role, created_at)
            SELECT owner_id, message_id, model, number, start, length, vector, conversation_id, role, created_at FROM message_embeddings CROSS JOIN pieces WHERE owner_id = {owner}
            """));
    }

    private Task GoneAsync(long owner) => Eventually.HoldsAsync(async () => await CountAsync(owner) == new Counts(0, 0, 0), _patience);

    private async Task<Counts> CountAsync(long owner)
    {
        await using var db = _host.Open();
        return new Counts(
            await db.Users.IgnoreQueryFilters().CountAsync(u => u.Id == owner),
            await db.Messages.CountAsync(m => m.OwnerId == owner),
            await db.MessageEmbeddings.CountAsync(e => e.OwnerId == owner));
    }

    private async Task StartAsync(params (string Key, string Value)[] settings) => _host = await ServiceHost.StartAsync(kind, _database.ConnectionString,
    [
        ("Changes:PurgeInterval", "00:00:00.2"), ("Completions:FlushInterval", "00:00:00.05"), ("Completions:Models:0:Name", "scripted"),
        ("Completions:Models:0:ModelId", "scripted"), ("Completions:Models:0:Endpoint", _provider.Endpoint.AbsoluteUri), .. settings,
    ]);
}
