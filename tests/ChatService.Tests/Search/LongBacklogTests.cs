using System.Globalization;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresLongBacklogTests() : LongBacklogTests(DatabaseKind.Postgres);

public sealed class SqliteLongBacklogTests() : LongBacklogTests(DatabaseKind.Sqlite);

/// <summary>Long messages that have waited together for the embedder are not embedded together, and none of them in vain.</summary>
public abstract class LongBacklogTests(DatabaseKind kind) : ProviderSuite(kind)
{
    private const int Length = 100_000;

    [Fact]
    public async Task No_more_is_in_hand_than_can_be_stored_soon()
    {
        var ada = await SignUpAsync("Ada");
        Provider.When(request => !request.IsChat, Reply.Failure(503));
        await ConverseAsync(ada, null, Text(1), Text(2), Text(3), Text(4));
        var gate = new Gate();
        Provider.When(request => !request.IsChat, new Reply().Wait(gate));
        await gate.Reached;

        await using (var db = Host.Open()) Assert.InRange(await db.PendingEmbeddings.CountAsync(pending => pending.Claim != null), 1, 2);

        Provider.Forget();
        gate.Open();
        Assert.Equal(4, (await IndexedAsync(ada)).Indexed);
    }

    [Fact]
    public async Task What_could_be_stored_is_not_paid_for_again()
    {
        var ada = await SignUpAsync("Ada");
        Provider.When(request => !request.IsChat, Reply.Failure(503));
        var conversation = await ConverseAsync(ada);
        await WriteAsync(ada, conversation, Text(1));
        var stopped = await WriteAsync(ada, conversation, Text(2));
        await StopTrigger.SetAsync(Database, "INSERT ON message_embeddings", string.Create(CultureInfo.InvariantCulture, $"NEW.message_id = {stopped.Id}"));
        var before = Provider.Requests.Count;
        Provider.Forget();

        await Eventually.HoldsAsync(() => Task.FromResult(TimesAsked(2) > 3));
        Assert.Equal(1, (await Host.Get<SearchService>().StatusAsync(ada, Ct)).Indexed);
        // Once more where the embedder was still to refuse it.
        Assert.InRange(TimesAsked(1), 1, 2);

        int TimesAsked(int text) => Provider.Requests.Skip(before).Count(request => request.Inputs.Any(input => input.StartsWith(Start(text), StringComparison.Ordinal)));
    }

    protected override Task StartAsync() => RestartAsync(
        ("Embeddings:Provider", "openai"), ("Embeddings:Endpoint", Provider.Endpoint.AbsoluteUri), ("Embeddings:ModelId", "concepts"),
        ("Embeddings:LongestBackOff", "00:00:00.05"));

    private static string Start(int number) => $"Letter {number}: ";

    private static string Text(int number) => Start(number) + string.Concat(Enumerable.Repeat("umbrella ", Length / 9));
}
