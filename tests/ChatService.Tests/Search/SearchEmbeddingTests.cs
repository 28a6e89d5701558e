using ChatService.Data;

namespace ChatService.Tests;

public sealed class PostgresSearchEmbeddingTests() : SearchEmbeddingTests(DatabaseKind.Postgres);

public sealed class SqliteSearchEmbeddingTests() : SearchEmbeddingTests(DatabaseKind.Sqlite);

/// <summary>A model of meanings behind a server: its absence, its refusals, and its successor.</summary>
public abstract class SearchEmbeddingTests(DatabaseKind kind) : ProviderSuite(kind)
{
    [Fact]
    public async Task Meaning_finds_what_shares_no_word()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, "J'ai perdu mon parapluie", "We repaired the bicycle");
        var status = await IndexedAsync(ada);

        Assert.Equal(new SearchStatus("concepts", true, 2, 0, 0), status);
        Assert.Equal(["J'ai perdu mon parapluie"], await FindAsync(ada, "umbrella", SearchMode.Semantic));
        Assert.Equal(["J'ai perdu mon parapluie"], await FindAsync(ada, "umbrella"));
        Assert.Empty(await FindAsync(ada, "umbrella", SearchMode.Keyword));
    }

    [Fact]
    public async Task Without_its_embedder_search_goes_by_words_and_says_so_and_recovers()
    {
        var ada = await SignUpAsync("Ada");
        Provider.When(request => !request.IsChat, Reply.Failure(503));
        await ConverseAsync(ada, null, "My umbrella is green", "My car is red");
        foreach (var mode in new[] { SearchMode.Semantic, SearchMode.Hybrid })
        {
            var page = await SearchAsync(ada, "umbrella", mode);
            Assert.True(page.Degraded);
            Assert.Equal(["My umbrella is green"], page.Hits.Select(hit => hit.Message.Content));
        }

        Assert.False((await SearchAsync(ada, "umbrella", SearchMode.Keyword)).Degraded);
        Assert.Equal(2, (await Host.Get<SearchService>().StatusAsync(ada, Ct)).Pending);

        Provider.Forget();
        Assert.Equal(2, (await IndexedAsync(ada)).Indexed);
        var again = await SearchAsync(ada, "parapluie");
        Assert.False(again.Degraded);
        Assert.Equal(["My umbrella is green"], again.Hits.Select(hit => hit.Message.Content));
    }

    [Fact]
    public async Task An_embedder_that_hangs_costs_one_search_its_wait_and_not_the_next_ones()
    {
        await UseAsync("concepts", ("Embeddings:QueryTimeout", "00:00:02"), ("Embeddings:QueryPause", "00:10:00"));
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada, null, "My umbrella is green");
        await IndexedAsync(ada);
        var gate = new Gate();
        Provider.When(request => !request.IsChat && request.Inputs.Contains("parapluie"), new Reply().Wait(gate));
        Assert.True((await SearchAsync(ada, "parapluie")).Degraded);
        Assert.True((await SearchAsync(ada, "parapluie")).Degraded);
        // The first may be on its way to the provider still, or given up before it got there.
        Assert.InRange(Provider.Requests.Count(request => !request.IsChat && request.Inputs.Contains("parapluie")), 0, 1);

        gate.Open();
        Provider.Forget();
        await WriteAsync(ada, conversation, "My car is red");
        await IndexedAsync(ada);
        Assert.Equal(["My umbrella is green"], await FindAsync(ada, "parapluie"));
    }

    [Fact]
    public async Task A_text_that_the_embedder_refuses_does_not_hold_up_the_others()
    {
        var ada = await SignUpAsync("Ada");
        Provider.When(request => !request.IsChat && request.Inputs.Any(input => input.Contains("forbidden", StringComparison.Ordinal)), Reply.Failure(400));
        var conversation = await ConverseAsync(ada, null, "My umbrella is green", "a forbidden umbrella", "My car is red");
        var refused = (await SearchAsync(ada, "forbidden", SearchMode.Keyword)).Hits.Single().Message.Id;

        Assert.Equal(new SearchStatus("concepts", true, 2, 0, 1), await IndexedAsync(ada));
        Assert.Equal(["My umbrella is green"], await FindAsync(ada, "parapluie", SearchMode.Semantic));
        Success(await Host.Get<MessageService>().UpdateAsync(ada, refused, "an allowed umbrella", Ct));
        Assert.Equal(new SearchStatus("concepts", true, 3, 0, 0), await IndexedAsync(ada));
        Assert.Equal(2, (await FindAsync(ada, "parapluie", SearchMode.Semantic)).Length);
        Assert.True(conversation > 0);
    }

    [Fact]
    public async Task A_new_model_is_built_beside_the_old_one_and_then_serves_at_once()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada, null, [.. Enumerable.Range(0, 300).Select(i => $"note {i} about my voiture")]);
        await IndexedAsync(ada);

        var gate = new Gate();
        Provider.When(request => !request.IsChat && request.Model == "new", new Reply().Wait(gate));
        await UseAsync("new");
        await WriteAsync(ada, conversation, "the automobile of my aunt");
        // The new model hangs; the old one answers.
        Assert.Equal("concepts", (await Host.Get<SearchService>().StatusAsync(ada, Ct)).Model);
        Assert.Equal(10, (await FindAsync(ada, "car", SearchMode.Semantic)).Length);

        // Interrupted, and begun again where it was.
        await UseAsync("new");
        Assert.Equal("concepts", (await Host.Get<SearchService>().StatusAsync(ada, Ct)).Model);
        gate.Open();
        Provider.Forget();
        await UntilAsync(ada, status => status is { Model: "new", Pending: 0 });

        var embedded = Provider.Requests.Count;
        Assert.Equal(100, (await SearchAsync(ada, "car", SearchMode.Semantic, first: 100)).Hits.Count);
        Assert.Equal("new", Provider.Requests[embedded].Model);
        await UntilAsync(ada, _ =>
        {
            using var db = Host.Open();
            return db.MessageEmbeddings.All(embedding => embedding.Model == "new") && db.SearchModels.Single().Walk == SearchWalk.None;
        });
        await using var counted = Host.Open();
        Assert.Equal(301, counted.MessageEmbeddings.Count());
    }

    [Fact]
    public async Task Taking_a_new_model_back_leaves_the_old_one_serving()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, "My umbrella is green");
        await IndexedAsync(ada);
        Provider.When(request => !request.IsChat && request.Model == "never", Reply.Failure(503));
        await UseAsync("never");
        await UntilAsync(ada, _ => Provider.Requests.Any(request => request.Model == "never"));
        await UseAsync("concepts");
        await UntilAsync(ada, _ =>
        {
            using var db = Host.Open();
            return db.SearchModels.Single() is { Serving: "concepts", Building: null, Walk: SearchWalk.None } && !db.PendingEmbeddings.Any();
        });
        Assert.Equal(["My umbrella is green"], await FindAsync(ada, "parapluie", SearchMode.Semantic));
    }

    protected override Task StartAsync() => UseAsync("concepts");

    private Task UseAsync(string model, params (string Key, string Value)[] settings) => RestartAsync(
    [
        ("Embeddings:Provider", "openai"),
        ("Embeddings:Endpoint", Provider.Endpoint.AbsoluteUri),
        ("Embeddings:ModelId", model),
        ("Embeddings:LongestBackOff", "00:00:00.05"),
        .. settings,
    ]);
}
