using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresLongHistoryTests() : LongHistoryTests(DatabaseKind.Postgres);

public sealed class SqliteLongHistoryTests() : LongHistoryTests(DatabaseKind.Sqlite);

/// <summary>A question at the end of a very long conversation.</summary>
public abstract class LongHistoryTests(DatabaseKind kind) : ProviderSuite(kind)
{
    private const int Earlier = 10_300;

    [Fact]
    public async Task What_is_dropped_is_counted_up_to_ten_thousand()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada);
        await BulkMessages.InsertAsync(Host, ada, conversation, 1_000_000, [.. Enumerable.Repeat("So be it.", Earlier)], [.. Enumerable.Repeat(new Half[1], Earlier)]);
        await using (var db = Host.Open()) await db.Conversations.ExecuteUpdateAsync(set => set.SetProperty(c => c.LastSequence, Earlier));

        var first = await CompleteAsync(ada, new CompletionRequest(conversation, "Well?", false, false, null, null, null));

        Assert.Equal(10_000, first.ContextDropped);
        Assert.InRange(first.ContextMessages, 10, Earlier - 10_000);
    }

    protected override Task StartAsync() => RestartAsync(
        ("Completions:Models:0:Endpoint", Provider.Endpoint.AbsoluteUri), ("Completions:Models:0:ModelId", "scripted"),
        ("Completions:Models:0:ContextTokens", "1024"), ("Completions:Models:0:MaxOutputTokens", "100"));
}
