using System.Text.Json;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

public sealed class PostgresChangeFeedTests() : ChangeFeedTests(DatabaseKind.Postgres);

public sealed class SqliteChangeFeedTests() : ChangeFeedTests(DatabaseKind.Sqlite);

/// <summary>The feed of changes, as clients follow it.</summary>
public abstract class ChangeFeedTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Feed = """
        subscription($after: String, $conversation: ID) { changes(after: $after, conversationId: $conversation) {
            cursor kind conversationId messageId completionId conversation { title } message { content } completion { status } } }
        """;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);
    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
        _app = ChatApp.Start(
            _database, _provider, new Dictionary<string, string?> { ["Changes:PurgeInterval"] = "00:00:00.1" }, services: s => s.AddSingleton<TimeProvider>(_clock));
        _ada = await Person.SignUpAsync(_app.Address, "ada");
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_is_told_in_order_with_the_objects_as_they_are()
    {
        var cursor = await CursorAsync();
        var conversation = await _ada.CreateConversationAsync("Feeds");
        await _ada.CompleteAsync(conversation, "Anything new?");
        var seen = await TakeAsync(5, cursor);
        Assert.Equal(
            ["CONVERSATION_CREATED", "MESSAGE_CREATED", "MESSAGE_CREATED", "COMPLETION_STARTED", "COMPLETION_FINISHED"],
            seen.Select(c => c.GetProperty("kind").GetString()));
        Assert.All(seen, c => Assert.Equal(conversation, c.GetProperty("conversationId").GetString()));
        Assert.Equal("Anything new?", seen[1].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("COMPLETED", seen[4].GetProperty("completion").GetProperty("status").GetString());
        Assert.Equal(seen[3].GetProperty("completionId").GetString(), seen[4].GetProperty("completionId").GetString());
        Assert.Equal(JsonValueKind.Null, seen[0].GetProperty("messageId").ValueKind);
    }

    [Fact]
    public async Task A_reader_who_comes_and_goes_among_many_writers_misses_nothing_and_sees_nothing_twice()
    {
        var cursor = await CursorAsync();
        var conversation = await _ada.CreateConversationAsync("Busy");
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < 8; i++) await WriteAsync(conversation, $"{writer}.{i}");
        }));
        var read = new List<JsonElement>();
        while (read.Count < 65)
        {
            // Each time over again, by server-sent events or a socket, from where the last one stopped.
            read.AddRange(await TakeAsync(Math.Min(13, 65 - read.Count), read.Count == 0 ? cursor : read[^1].GetProperty("cursor").GetString(), bySocket: read.Count % 2 == 1));
        }

        await writers;
        Assert.Equal(64, read.Skip(1).Select(c => c.GetProperty("messageId").GetString()).Distinct().Count());
        Assert.Equal(65, read.Select(c => c.GetProperty("cursor").GetString()).Distinct().Count());
        Assert.Equal(SequenceOf(await CursorAsync()), read.Count);
    }

    [Theory]
    [InlineData("query($id: ID!) { conversation(id: $id) { messages(last: 100) { nodes { id } } } changeCursor }")]
    [InlineData("query($id: ID!) { ...Page changeCursor: changeCursor } fragment Page on Query { conversation(id: $id) { messages(last: 100) { nodes { id } } } }")]
    [InlineData("query($id: ID!) { me { id } conversation(id: $id) { messages(last: 100) { nodes { id } } } ...Here } fragment Here on Query { ... { changeCursor } }")]
    public async Task What_is_queried_beside_the_cursor_lacks_nothing_that_comes_before_it(string query)
    {
        var start = await CursorAsync();
        var id = await _ada.CreateConversationAsync("Busy");
        // The first reading takes the longest, and one has to fall among the writings.
        await _ada.GraphQL.DataAsync(query, new { id });
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; i < 15; i++) await WriteAsync(id, $"{writer}.{i}");
        }));
        var seen = new List<(long Sequence, HashSet<string?> Messages)>();
        while (!writing.IsCompleted)
        {
            var data = await _ada.GraphQL.DataAsync(query, new { id });
            var messages = data.GetProperty("conversation").GetProperty("messages").GetProperty("nodes").EnumerateArray();
            seen.Add((SequenceOf(data.GetProperty("changeCursor").GetString()), [.. messages.Select(m => m.GetProperty("id").GetString())]));
        }

        await writing;
        var told = (await TakeAsync(61, start)).Skip(1)
            .Select(c => (Sequence: SequenceOf(c.GetProperty("cursor").GetString()), Message: c.GetProperty("messageId").GetString())).ToList();
        Assert.Contains(seen, s => s.Sequence > told[0].Sequence && s.Sequence < told[^1].Sequence);
        Assert.All(seen, s => Assert.DoesNotContain(told, t => t.Sequence <= s.Sequence && !s.Messages.Contains(t.Message)));
    }

    [Fact]
    public async Task One_conversation_can_be_followed_alone_to_its_end()
    {
        var mine = await _ada.CreateConversationAsync("Mine");
        var other = await _ada.CreateConversationAsync("Other");
        var cursor = await CursorAsync();
        await WriteAsync(other, "Not this.");
        await WriteAsync(mine, "This.");
        var seen = await TakeAsync(1, cursor, mine);
        Assert.Equal("This.", seen[0].GetProperty("message").GetProperty("content").GetString());

        await _ada.GraphQL.DataAsync("mutation($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }", new { id = mine });
        seen = await TakeAsync(1, seen[0].GetProperty("cursor").GetString(), mine);
        Assert.Equal("CONVERSATION_DELETED", seen[0].GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Null, seen[0].GetProperty("conversation").ValueKind);
    }

    [Fact]
    public async Task Another_ones_feed_is_out_of_reach()
    {
        using var eve = await Person.SignUpAsync(_app.Address, "eve");
        var secret = await _ada.CreateConversationAsync("Secret");
        Assert.Equal("NOT_FOUND", await ErrorAsync(eve, null, secret));
        Assert.Equal("NOT_FOUND", await ErrorAsync(eve, null, "cnv_999"));
        Assert.Equal("NOT_FOUND", await ErrorAsync(eve, null, "nonsense"));
        await eve.CreateConversationAsync("Own");
        // Ada's cursor names a place, never an owner.
        var seen = await TakeAsync(eve, 1, Cursor.Write('f', 0, DateTime.UtcNow.Ticks), null, bySocket: false);
        Assert.Equal("Own", seen[0].GetProperty("conversation").GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task What_is_no_cursor_is_refused(string cursor) => Assert.Equal("BAD_USER_INPUT", await ErrorAsync(_ada, cursor, null));

    [Fact]
    public async Task A_cursor_is_good_for_seven_days()
    {
        var cursor = await CursorAsync();
        await _ada.CreateConversationAsync("Old");
        Assert.Single(await TakeAsync(1, cursor));
        _clock.Advance(TimeSpan.FromDays(7.1));
        using var later = await SignInAsync();
        Assert.Equal("CURSOR_EXPIRED", await ErrorAsync(later, cursor, null));
        await Eventually.HoldsAsync(async () =>
        {
            await using var db = _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();
            return !await db.Changes.AnyAsync();
        });
        var now = (await later.GraphQL.DataAsync("{ changeCursor }")).GetProperty("changeCursor").GetString();
        await later.CreateConversationAsync("New");
        var seen = await TakeAsync(later, 1, now, null, bySocket: false);
        Assert.Equal("New", seen[0].GetProperty("conversation").GetProperty("title").GetString());
    }

    private async Task<Person> SignInAsync()
    {
        using var http = new HttpClient { BaseAddress = _app.Address };
        var data = await new GraphQLClient(http).DataAsync("mutation { signIn(input: { username: \"ada\", password: \"correct horse\" }) { session { token } } }");
        return new Person(_app.Address, data.GetProperty("signIn").GetProperty("session").GetProperty("token").GetString()!);
    }

    private async Task<string?> CursorAsync() => (await _ada.GraphQL.DataAsync("{ changeCursor }")).GetProperty("changeCursor").GetString();

    private static long SequenceOf(string? cursor)
    {
        var keys = new long[2];
        Assert.True(Cursor.TryRead(cursor!, 'f', keys));
        return keys[0];
    }

    private Task<JsonElement> WriteAsync(string conversation, string content) => _ada.GraphQL.DataAsync(
        "mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }", new { input = new { conversationId = conversation, content } });

    private Task<IReadOnlyList<JsonElement>> TakeAsync(int count, string? after, string? conversation = null, bool bySocket = false) =>
        TakeAsync(_ada, count, after, conversation, bySocket);

    private async Task<IReadOnlyList<JsonElement>> TakeAsync(Person person, int count, string? after, string? conversation, bool bySocket)
    {
        using var patience = new CancellationTokenSource(_patience);
        var variables = new { after, conversation };
        if (!bySocket) return await Changes(person.SubscribeAsync(Feed, variables, patience.Token)).Take(count).ToListAsync(patience.Token);
        await using var socket = await GraphQLSocket.ConnectAsync(_app.Address, person.Token, patience.Token);
        return await Changes(socket.SubscribeAsync(Feed, variables, patience.Token)).Take(count).ToListAsync(patience.Token);
    }

    private static IAsyncEnumerable<JsonElement> Changes(IAsyncEnumerable<JsonElement> results) =>
        results.Select(result => result.GetProperty("data").GetProperty("changes"));

    private static async Task<string?> ErrorAsync(Person person, string? after, string? conversation)
    {
        using var patience = new CancellationTokenSource(_patience);
        var first = await person.SubscribeAsync(Feed, new { after, conversation }, patience.Token).FirstAsync(patience.Token);
        return first.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();
    }
}
