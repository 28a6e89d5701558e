using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

public sealed class PostgresNestedPagesTests() : NestedPagesTests(DatabaseKind.Postgres);

public sealed class SqliteNestedPagesTests() : NestedPagesTests(DatabaseKind.Sqlite);

/// <summary>Pages inside pages: one query for all of a kind, whatever the number of those that they stand in.</summary>
public abstract class NestedPagesTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly Statements _statements = new();
    private TestDatabase _database = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _app = ChatApp.Start(_database, services: services => services
            .ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(_statements))
            .ConfigureDbContext<PostgresChatDbContext>(options => options.AddInterceptors(_statements)));
        _ada = await Person.SignUpAsync(_app.Address, "ada");
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("first: 2")]
    [InlineData("last: 2")]
    [InlineData("first: 3, after: $cursor")]
    [InlineData("last: 2, before: $cursor")]
    [InlineData("last: 1, after: $cursor")]
    [InlineData("first: 2, around: $message")]
    public async Task Each_reads_as_it_does_alone(string arguments)
    {
        string[] conversations = [await TalkAsync(0), await TalkAsync(1), await TalkAsync(2), await TalkAsync(5), await TalkAsync(9)];
        var page = $$"""messages({{arguments}}) { totalCount edges { cursor node { content } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }""";
        if (arguments.Length == 0) page = page.Replace("()", "", StringComparison.Ordinal);
        var middle = await MiddleAsync(conversations[^1]);
        var declared = arguments.Contains("$cursor", StringComparison.Ordinal) ? ", $cursor: String" : arguments.Contains("$message", StringComparison.Ordinal) ? ", $message: ID" : "";
        var alone = new List<string>();
        foreach (var id in conversations) alone.Add(await AskAsync($$"""query($id: ID!{{declared}}) { conversation(id: $id) { id {{page}} } }""", id));

        var together = await _ada.GraphQL.RunAsync(
            $$"""query($ids: [ID!]!{{declared}}) { nodes(ids: $ids) { ... on Conversation { id {{page}} } } }""", new { ids = conversations, middle.cursor, middle.message });

        Assert.Equal(alone, together.Data.GetProperty("nodes").EnumerateArray().Select(Plain));

        async Task<string> AskAsync(string query, string id) =>
            Plain((await _ada.GraphQL.RunAsync(query, new { id, middle.cursor, middle.message })).Data.GetProperty("conversation"));
    }

    [Theory]
    [InlineData("messages(last: 1) { totalCount nodes { content } }")]
    [InlineData("messages(first: 2) { nodes { content } pageInfo { hasNextPage } } systemPrompt activeCompletion { id }")]
    [InlineData("messages(around: \"msg_9999\") { nodes { content } }")]
    [InlineData("owner { conversations(first: 9) { totalCount nodes { messages(first: 1) { totalCount nodes { conversation { owner { conversations(first: 2) { nodes { title } } } } } } } } }")]
    public async Task How_many_there_are_takes_no_more_queries(string selection)
    {
        for (var i = 0; i < 3; i++) await TalkAsync(2);
        var few = await CountAsync(2);
        Assert.NotEqual(0, few);
        for (var i = 0; i < 9; i++) await TalkAsync(2);

        Assert.Equal(few, await CountAsync(12));

        async Task<int> CountAsync(int conversations)
        {
            // What is kept after the first call is not this one's.
            await _ada.GraphQL.RunAsync(Query(conversations));
            var before = _statements.Count;
            await _ada.GraphQL.RunAsync(Query(conversations));
            return _statements.Count - before;
        }

        string Query(int conversations) => $$"""{ me { conversations(first: {{conversations}}) { nodes { title {{selection}} } } } }""";
    }

    [Theory]
    [InlineData("first: 100")]
    [InlineData("last: 100")]
    public async Task How_long_a_conversation_is_costs_its_page_nothing(string arguments)
    {
        string[] conversations = [await TalkAsync(2), await TalkAsync(2)];
        await ServiceHost.ReadAsync(_database, db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messages (owner_id, id, conversation_id, sequence, role, content, created_at, superseded)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            SELECT 1, 1000000 + i, {long.Parse(Person.NumberOf(conversations[0]), CultureInfo.InvariantCulture)}, 1000 + i, 'User', 'So it goes on.', (SELECT created_at FROM users WHERE id = 1), false FROM n
            """));

        await InTime.OnceAsync(TimeSpan.FromSeconds(1), async () =>
        {
            var watch = Stopwatch.StartNew();
            var data = await _ada.GraphQL.DataAsync($$"""query($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { messages({{arguments}}) { nodes { sequence } } } } }""", new { ids = conversations });
            Assert.Equal([100, 3], data.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("messages").GetProperty("nodes").GetArrayLength()));
            return watch.Elapsed;
        });
    }

    private static string Plain(JsonElement element) => element.GetRawText();

    private async Task<string> TalkAsync(int messages)
    {
        var id = await _ada.CreateConversationAsync(systemPrompt: "Be brief.");
        for (var i = 0; i < messages; i++)
        {
            await _ada.GraphQL.DataAsync(
                "mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }", new { input = new { conversationId = id, content = $"{i}" } });
        }

        return id;
    }

    private async Task<(string cursor, string message)> MiddleAsync(string conversation)
    {
        var page = await _ada.GraphQL.DataAsync("query($id: ID!) { conversation(id: $id) { messages(first: 3) { edges { cursor node { id } } } } }", new { id = conversation });
        var edge = page.GetProperty("conversation").GetProperty("messages").GetProperty("edges")[2];
        return (edge.GetProperty("cursor").GetString()!, edge.GetProperty("node").GetProperty("id").GetString()!);
    }

    /// <summary>Counts what requests read, but for their session: those who work beside them have no activity.</summary>
    private sealed class Statements : DbCommandInterceptor
    {
        private int _count;

        public int Count => _count;

        public override ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (Activity.Current is not null && !command.CommandText.Contains("FROM sessions", StringComparison.OrdinalIgnoreCase)
                && !command.CommandText.Contains("FROM \"sessions\"", StringComparison.OrdinalIgnoreCase)) Interlocked.Increment(ref _count);
            return new(result);
        }
    }
}
