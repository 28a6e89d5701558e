namespace ChatService.Tests;

public sealed class PostgresApp() : AppFixture(DatabaseKind.Postgres);

public sealed class SqliteApp() : AppFixture(DatabaseKind.Sqlite);

/// <summary>One running service with a scripted model for the tests of a class; each test registers its own people.</summary>
/// <param name="kind">Its database.</param>
/// <param name="settings">Configuration that the tests need.</param>
public abstract class AppFixture(DatabaseKind kind, params (string Key, string Value)[] settings) : IAsyncLifetime
{
    private int _people;

    public TestDatabase Database { get; private set; } = null!;

    public ScriptedProvider Provider { get; private set; } = null!;

    public ChatApp App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await Databases.CreateAsync(kind);
        Provider = await ScriptedProvider.StartAsync();
        App = ChatApp.Start(Database, Provider, settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Provider.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A person who has just registered; names are made unique.</summary>
    public async Task<Member> RegisterAsync(string name)
    {
        var username = $"{name}{Interlocked.Increment(ref _people)}";
        var data = await new GraphQLClient(App.As(null)).DataAsync(
            "mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } session { token } } }",
            new { input = new { username, password = Member.Password } });
        var created = data.GetProperty("createUser");
        return new Member(
            App, username, created.GetProperty("user").GetProperty("id").GetString()!, created.GetProperty("session").GetProperty("token").GetString()!);
    }
}

/// <summary>Somebody signed in, and their client.</summary>
public sealed class Member(ChatApp app, string username, string id, string token)
{
    public const string Password = "correct horse battery";

    public string Username => username;

    public string Id => id;

    public string Token => token;

    public GraphQLClient Client { get; } = new(app.As(token));

    public async Task<string> CreateConversationAsync(string title = "launch", string? systemPrompt = null)
    {
        var data = await Client.DataAsync(
            "mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }",
            new { input = new { title, systemPrompt } });
        return data.GetProperty("createConversation").GetProperty("conversation").GetProperty("id").GetString()!;
    }

    /// <summary>Starts a completion of a new question; the answer is its id.</summary>
    public async Task<string> StartAsync(string conversation, string question)
    {
        var data = await Client.DataAsync(
            "mutation($input: StartCompletionInput!) { startCompletion(input: $input) { completion { id } errors { code } } }",
            new { input = new { conversationId = conversation, content = question } });
        return data.GetProperty("startCompletion").GetProperty("completion").GetProperty("id").GetString()!;
    }
}
