using System.Globalization;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresLostLeaseTests() : LostLeaseTests(DatabaseKind.Postgres);

public sealed class SqliteLostLeaseTests() : LostLeaseTests(DatabaseKind.Sqlite);

/// <summary>An instance that another one has taken for dead goes on doing what it owes others.</summary>
public abstract class LostLeaseTests(DatabaseKind kind) : ProviderSuite(
    kind, ("Completions:Lease", "01:00:00"), ("Completions:LeaseRenewal", "00:00:00.05"), ("Completions:FlushInterval", "00:00:00.02"))
{
    [Fact]
    public async Task What_a_dead_one_left_is_settled_also_where_the_own_cannot_be_given_up()
    {
        var ada = await SignUpAsync("Ada");
        var gate = new Gate();
        Provider.Otherwise = _ => Reply.Of("Once upon ").Wait(gate).Text("a time.");
        var (lost, left) = (await StartAsync(), await StartAsync());
        await using var db = Host.Open();
        await Eventually.HoldsAsync(async () => await db.CompletionTexts.Select(text => text.CompletionId).Distinct().CountAsync() == 2);
        await StopTrigger.SetAsync(Database, "DELETE ON completion_texts", string.Create(CultureInfo.InvariantCulture, $"OLD.completion_id = {lost}"));
        await db.Completions.Where(c => c.Id == lost).ExecuteUpdateAsync(set => set.SetProperty(c => c.Status, CompletionStatus.Interrupted));

        await db.Completions.Where(c => c.Id == left).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Instance, Guid.NewGuid()).SetProperty(c => c.LeaseUntil, DateTime.UnixEpoch));

        await Eventually.HoldsAsync(() => db.Completions.AnyAsync(c => c.Id == left && c.Status == CompletionStatus.Interrupted));

        await StopTrigger.DropAsync(Database, "completion_texts");
        await Eventually.HoldsAsync(async () => !await db.CompletionTexts.AnyAsync());
        gate.Open();
        Assert.Equal(CompletionStatus.Completed, (await Host.Get<CompletionService>().WaitAsync(ada, lost, Ct))!.Status);

        async Task<long> StartAsync() => Success(await Host.Get<CompletionService>()
            .StartAsync(ada, new CompletionRequest(await ConverseAsync(ada), "Tell me.", false, false, null, null, null), null, Ct)).Value.Id;
    }

    protected override Task StartAsync() => RestartAsync(
        ("Completions:Models:0:Endpoint", Provider.Endpoint.AbsoluteUri), ("Completions:Models:0:ModelId", "scripted"));
}
