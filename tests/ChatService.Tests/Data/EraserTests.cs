using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresEraserTests() : EraserTests(DatabaseKind.Postgres);

public sealed class SqliteEraserTests() : EraserTests(DatabaseKind.Sqlite);

/// <summary>What is removed in the background, past what cannot be removed.</summary>
public abstract class EraserTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private static readonly CancellationToken _ct = CancellationToken.None;

    private TestDatabase _database = null!;
    private ServiceHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _host = await ServiceHost.StartAsync(kind, _database.ConnectionString, ("Changes:PurgeInterval", "00:00:00.2"));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
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

    private sealed record Owner(long Id, long FirstMessage);

    private sealed record Counts(int Users, int Messages, int Vectors);

    private async Task<Owner> FillAsync(string name, int messages)
    {
        var owner = (await _host.Get<UserService>().CreateAsync(name, Password, _ct)).Value!.User.Id;
        var conversation = (await _host.Get<ConversationService>().CreateAsync(owner, new NewConversation("Much", null, null), null, _ct)).Value!.Value.Id;
        await BulkMessages.InsertAsync(_host, owner, conversation, owner * 10_000_000, [.. Enumerable.Range(0, messages).Select(i => $"Number {i}")]);
        return new Owner(owner, owner * 10_000_000);
    }

    private Task GoneAsync(long owner) => Eventually.HoldsAsync(async () => await CountAsync(owner) == new Counts(0, 0, 0), TimeSpan.FromMinutes(5));

    private async Task<Counts> CountAsync(long owner)
    {
        await using var db = _host.Open();
        return new Counts(
            await db.Users.IgnoreQueryFilters().CountAsync(u => u.Id == owner),
            await db.Messages.CountAsync(m => m.OwnerId == owner),
            await db.MessageEmbeddings.CountAsync(e => e.OwnerId == owner));
    }
}
