using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace ChatService.Tests;

public sealed class PostgresIndexingSpeedTests(ITestOutputHelper output) : IndexingSpeedTests(DatabaseKind.Postgres, output);

public sealed class SqliteIndexingSpeedTests(ITestOutputHelper output) : IndexingSpeedTests(DatabaseKind.Sqlite, output);

/// <summary>How fast a backlog is worked off. The goal is 3,000 messages a second on two cores of PostgreSQL; how many it is on the machine at hand is printed.</summary>
public abstract class IndexingSpeedTests(DatabaseKind kind, ITestOutputHelper output) : SearchSuite(kind)
{
    [Fact]
    public async Task A_backlog_is_worked_off()
    {
        var count = TestRun.IsLong ? 60_000 : 2_000;
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada);
        var contents = Enumerable.Range(0, count).Select(i => $"Message {i}: what we said about the harvest of {i % 97} in the village, la récolte du village").ToList();
        await BulkMessages.InsertAsync(Host, ada, conversation, 1_000_000, contents);
        await using (var db = Host.Open())
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO pending_embeddings (owner_id, message_id, stamp, rebuild, due_at, failed)
                SELECT owner_id, message_id, {Guid.NewGuid()}, {false}, 0, {false} FROM indexed_messages
                """);
        }

        using var process = Process.GetCurrentProcess();
        var (before, cpuBefore) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        Assert.Equal(count, (await IndexedAsync(ada)).Indexed);
        var rate = count / Stopwatch.GetElapsedTime(before).TotalSeconds;
        process.Refresh();
        var cpu = (process.TotalProcessorTime - cpuBefore).TotalSeconds;
        output.WriteLine($"{Kind}: {rate:0} messages indexed a second, {count / cpu:0} for each second of this process's processor time");
    }
}
