using ChatService.Data;

namespace ChatService.Tests;

/// <summary>What the tests of search have in common: a service on one database, people with conversations, and a wait for the index.</summary>
public abstract class SearchSuite(DatabaseKind kind, params (string Key, string Value)[] settings) : IAsyncLifetime
{
    protected const string Password = "correct horse battery";
    protected static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    protected DatabaseKind Kind => kind;

    protected TestDatabase Database { get; private set; } = null!;

    protected ServiceHost Host { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Database = await Databases.CreateAsync(kind);
        await StartAsync();
    }

    /// <summary>The first start.</summary>
    protected virtual Task StartAsync() => RestartAsync();

    public virtual async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>The same database with another configuration. What is tested here is not how soon a busy machine gives up.</summary>
    protected async Task RestartAsync(params (string Key, string Value)[] changed)
    {
        if (Host is not null) await Host.DisposeAsync();
        Host = await ServiceHost.StartAsync(kind, Database.ConnectionString, [("Embeddings:Sweep", "00:00:00.02"), ("Database:Deadline", "00:00:30"), .. settings, .. changed]);
    }

    protected async Task<long> SignUpAsync(string name) => Success(await Host.Get<UserService>().CreateAsync(name, Password, Ct)).User.Id;

    protected async Task<long> ConverseAsync(long owner, string? systemPrompt = null, params string[] messages)
    {
        var conversation = Success(await Host.Get<ConversationService>().CreateAsync(owner, new NewConversation(null, systemPrompt, null), null, Ct)).Value.Id;
        foreach (var message in messages) await WriteAsync(owner, conversation, message);
        return conversation;
    }

    protected async Task<Message> WriteAsync(long owner, long conversation, string content) =>
        Success(await Host.Get<MessageService>().CreateAsync(owner, conversation, content, null, Ct)).Value;

    /// <summary>What is found of the messages, the best first. The default finds nothing by chance.</summary>
    protected async Task<SearchPage> SearchAsync(
        long owner, string query, SearchMode mode = SearchMode.Hybrid, SearchFilter? filter = null, int first = 10, string? after = null) =>
        Success(await Host.Get<SearchService>().SearchAsync(owner, new SearchRequest(query, mode, filter ?? SearchFilter.All, first, after), Ct));

    protected async Task<string[]> FindAsync(long owner, string query, SearchMode mode = SearchMode.Hybrid, SearchFilter? filter = null) =>
        [.. (await SearchAsync(owner, query, mode, filter)).Hits.Select(hit => hit.Message.Content)];

    protected async Task<Completion> CompleteAsync(long owner, CompletionRequest request)
    {
        var completions = Host.Get<CompletionService>();
        var started = Success(await completions.StartAsync(owner, request, null, Ct)).Value;
        var ended = await completions.WaitAsync(owner, started.Id, Ct);
        Assert.Equal(CompletionStatus.Completed, ended!.Status);
        return ended;
    }

    protected Task<SearchStatus> IndexedAsync(long owner) => UntilAsync(owner, status => status.Pending == 0);

    protected async Task<SearchStatus> UntilAsync(long owner, Func<SearchStatus, bool> reached)
    {
        using var deadline = new CancellationTokenSource(_deadline);
        while (true)
        {
            var status = await Host.Get<SearchService>().StatusAsync(owner, Ct);
            if (reached(status)) return status;
            Assert.False(deadline.IsCancellationRequested, $"Not reached: {status}");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    protected static T Success<T>(Result<T> result)
    {
        Assert.Null(result.Error);
        return result.Value!;
    }
}
