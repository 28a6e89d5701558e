using ChatService.Data;

namespace ChatService.Tests;

public sealed class PostgresGivenUpTests() : GivenUpTests(DatabaseKind.Postgres);

public sealed class SqliteGivenUpTests() : GivenUpTests(DatabaseKind.Sqlite);

/// <summary>A deleted conversation is nowhere any more, also where a row of it cannot be removed yet.</summary>
public abstract class GivenUpTests(DatabaseKind kind) : SearchSuite(kind)
{
    [Fact]
    public async Task Neither_a_repetition_nor_a_source_nor_a_count_tells_of_it()
    {
        var ada = await SignUpAsync("Ada");
        var messages = Host.Get<MessageService>();
        var deleted = await ConverseAsync(ada);
        const string Written = "The hotel in Lisbon was the Avenida Palace";
        var message = Success(await messages.CreateAsync(ada, deleted, Written, "key", Ct)).Value.Id;
        await IndexedAsync(ada);
        var request = new CompletionRequest(await ConverseAsync(ada), "Which hotel in Lisbon was it?", false, false, null, null, null);
        var answer = (await CompleteAsync(ada, request)).Id;
        Assert.Equal(message, Assert.Single(await SourcesAsync()).MessageId);
        Assert.Equal((3, 0), Counts(await IndexedAsync(ada)));
        // It waits for its vectors once more.
        Success(await messages.UpdateAsync(ada, message, Written, Ct));

        await StopTrigger.SetAsync(Database, message);
        Success(await Host.Get<ConversationService>().DeleteAsync(ada, deleted, Ct));

        Assert.Equal(ErrorCode.NotFound, (await messages.CreateAsync(ada, deleted, Written, "key", Ct)).Error?.Code);
        Assert.Empty(await SourcesAsync());
        Assert.Equal((2, 0), Counts(await Host.Get<SearchService>().StatusAsync(ada, Ct)));

        async Task<IEnumerable<CompletionSource>> SourcesAsync() => (await Host.Get<CompletionService>().FindSourcesAsync(ada, [answer], Ct))[answer];
    }

    private static (int Indexed, int Pending) Counts(SearchStatus status) => (status.Indexed, status.Pending);
}
