namespace ChatService.Tests;

/// <summary>A service whose database is 10 ms away, and many people, because the changes of one owner wait for each other.</summary>
internal sealed class SlowService : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _owned = [];
    private readonly List<(HttpClient Http, string Conversation)> _people = [];

    /// <param name="atOnce">So many operations it works at, and sixteen more may wait.</param>
    public static async Task<SlowService> StartAsync(int atOnce)
    {
        var slow = new SlowService();
        var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        slow._owned.Push(database);
        var proxy = FaultyProxy.Start(database);
        slow._owned.Push(proxy);
        var service = await ChatProcess.StartAsync(database, settings: new Dictionary<string, string?>
        {
            ["ConnectionStrings:Chat"] = proxy.ConnectionString,
            ["Limits:OperationsAtOnce"] = $"{atOnce}",
            ["Limits:OperationsWaiting"] = "16",
        });
        slow._owned.Push(service);
        while (slow._people.Count < 16)
        {
            var person = await Person.SignUpAsync(service.Address, $"ada{slow._people.Count}");
            slow._people.Add((person.Http, await person.CreateConversationAsync("Load")));
        }

        proxy.Delay = TimeSpan.FromMilliseconds(5);
        return slow;
    }

    /// <summary>One of them after the other, with a conversation of theirs.</summary>
    public (HttpClient Http, string Conversation) Caller(int number) => _people[number % _people.Count];

    public async ValueTask DisposeAsync()
    {
        foreach (var (http, _) in _people) http.Dispose();
        while (_owned.TryPop(out var owned)) await owned.DisposeAsync();
    }
}
