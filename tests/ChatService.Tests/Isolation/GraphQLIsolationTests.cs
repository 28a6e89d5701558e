using System.Buffers.Text;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using GraphQL.Types;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

public sealed class PostgresGraphQLIsolationTests(DocumentedPostgresApp app) : GraphQLIsolationTests(app), IClassFixture<DocumentedPostgresApp>;

public sealed class SqliteGraphQLIsolationTests(DocumentedSqliteApp app) : GraphQLIsolationTests(app), IClassFixture<DocumentedSqliteApp>;

/// <summary>Nobody finds, changes or notices what is another's, by whatever name and on whatever path; the facade's mode is nothing to GraphQL.</summary>
public abstract class GraphQLIsolationTests(IsolationApp app)
{
    [Fact]
    public void Every_coordinate_that_can_name_something_has_its_case()
    {
        var coordinates = new SchemaCoordinates(app.App.Services.GetRequiredService<ISchema>());
        var needed = coordinates.ThatNeedWalls();
        Assert.Contains("Query.node(id:)", needed);
        Assert.Contains("Message.alternatives", needed);
        Assert.Contains("CreateMessageInput.idempotencyKey", needed);
        var covered = GraphQLWalls.All.SelectMany(wall => coordinates.UsedBy(wall.Document));
        Assert.Empty(needed.Except(covered).Order());
    }

    [Fact]
    public async Task A_stranger_nobody_and_an_ended_session_get_nothing_of_anybody_elses()
    {
        var owner = await Estate.SettleAsync(app.App.Address, app.Provider, "zwetschgenkuchen");
        var stranger = await Estate.SettleAsync(app.App.Address, app.Provider, "quorblimfax");
        var others = new[] { ("the stranger", app.App.As(stranger["token"])), ("nobody", app.App.As(null)), ("an ended session", app.App.As(await EndedAsync(stranger))) };
        var me = app.App.As(owner["token"]);
        List<string> wrong = [];

        foreach (var wall in GraphQLWalls.All.Where(wall => wall.Wall == Wall.OwnKey))
            Note(wall, "the owner, first", await RunAsync(me, wall, owner, owner), answer => answer.Contains("\"replayed\":false", StringComparison.Ordinal));
        var before = await StoredRows.AtRestAsync(app.Database, owner.UserId);

        foreach (var wall in GraphQLWalls.All)
        {
            foreach (var (who, client) in others)
            {
                var answer = await RunAsync(client, wall, stranger, owner);
                Note(wall, who, answer, text => !owner.ShowsIn(text) && !text.Contains("INTERNAL", StringComparison.Ordinal));
                if (who == "an ended session") Note(wall, who, answer, text => text.StartsWith("401", StringComparison.Ordinal));
                if (who == "nobody" && !wall.IsOpen) Note(wall, who, answer, text => text.Contains("\"UNAUTHENTICATED\"", StringComparison.Ordinal));
                if (who == "the stranger" && wall.Wall == Wall.OwnKey) Note(wall, who, answer, text => text.Contains("\"replayed\":false", StringComparison.Ordinal));
                if (wall.Wall == Wall.AsAbsent && await RunAsync(client, wall, stranger, Estate.OfNobody) is var absent && absent != answer)
                    wrong.Add($"{who}: {wall.Document}\n{answer}\nbut of what is not there\n{absent}");
            }
        }

        Assert.Equal(before, await StoredRows.OfAsync(app.Database, owner.UserId));

        // The same documents do their work for whom they may, so that the answers above were refusals and not mistakes.
        foreach (var wall in GraphQLWalls.All.Where(wall => wall.IsForOwner))
        {
            Note(wall, "the owner", await RunAsync(me, wall, owner, owner), text => text.StartsWith("200", StringComparison.Ordinal)
                && !text.Contains("\"code\"", StringComparison.Ordinal)
                && wall.Wall switch
                {
                    Wall.AsAbsent => owner.ShowsIn(text),
                    Wall.OwnKey => text.Contains("\"replayed\":true", StringComparison.Ordinal),
                    Wall.OwnOnly => true,
                });
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));

        void Note(GraphQLWall wall, string who, string answer, Func<string, bool> holds)
        {
            if (!holds(answer)) wrong.Add($"{who}: {wall.Document}\n{answer}");
        }
    }

    [Fact]
    public async Task What_others_do_moves_no_count_and_no_cursor()
    {
        var stranger = await Estate.SettleAsync(app.App.Address, app.Provider, "brumselwicht");
        var client = new GraphQLClient(app.App.As(stranger["token"]));
        const string Counts = "{ me { conversations { totalCount nodes { messages { totalCount } } } } searchStatus { indexed pending failed } changeCursor }";
        await StoredRows.AtRestAsync(app.Database, stranger.UserId);
        var before = await CountAsync(client);
        await Estate.SettleAsync(app.App.Address, app.Provider, "knurpselbart");
        Assert.Equal(before, await CountAsync(client));
        await client.DataAsync($$"""mutation { createMessage(input: { conversationId: "{{stranger["conversation"]}}", content: "Mine" }) { message { id } } }""");
        Assert.NotEqual(before, await CountAsync(client));

        // A cursor has its time, too.
        static async Task<(string, string)> CountAsync(GraphQLClient client)
        {
            var data = await client.DataAsync(Counts);
            return (data.GetProperty("me").GetRawText() + data.GetProperty("searchStatus").GetRawText(),
                Encoding.ASCII.GetString(Base64Url.DecodeFromChars(data.GetProperty("changeCursor").GetString())).Split('.')[0]);
        }
    }

    [Fact]
    public async Task A_socket_tells_no_more_than_an_event_stream()
    {
        var owner = await Estate.SettleAsync(app.App.Address, app.Provider, "murmelspross");
        var stranger = await Estate.SettleAsync(app.App.Address, app.Provider, "fledderwurz");
        foreach (var token in new[] { stranger["token"], null })
        {
            await using var socket = await GraphQLSocket.ConnectAsync(app.App.Address, token);
            foreach (var wall in GraphQLWalls.All.Where(wall => wall.Document.StartsWith("subscription", StringComparison.Ordinal)))
            {
                var answer = await HearAsync(socket, wall, stranger, owner);
                Assert.False(owner.ShowsIn(answer), answer);
                if (wall.Wall == Wall.AsAbsent) Assert.Equal(await HearAsync(socket, wall, stranger, Estate.OfNobody), answer);
                if (token is null) Assert.Contains("\"UNAUTHENTICATED\"", answer, StringComparison.Ordinal);
            }
        }

        static async Task<string> HearAsync(GraphQLSocket socket, GraphQLWall wall, Estate mine, Estate theirs) => string.Join(
            '\n',
            await socket.SubscribeAsync(Estate.Fill(wall.Document, mine, theirs, name => JsonSerializer.Serialize(name))).Take(5).Select(item => item.GetRawText()).ToListAsync());
    }

    [Fact]
    public async Task A_socket_opens_for_no_session_that_has_ended()
    {
        var someone = await app.RegisterAsync("someone");
        await someone.Client.DataAsync("mutation { signOut { errors { code } } }");
        await using var socket = await GraphQLSocket.OpenAsync(app.App.Address);
        await socket.SendAsync(new { type = "connection_init", payload = new { Authorization = $"Bearer {someone.Token}" } });
        await socket.Closed;
        Assert.Equal(4403, socket.CloseCode);
    }

    private static async Task<string> RunAsync(HttpClient client, GraphQLWall wall, Estate mine, Estate theirs)
    {
        var content = JsonContent.Create(new { query = Estate.Fill(wall.Document, mine, theirs, name => JsonSerializer.Serialize(name)) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = content };
        request.Headers.Accept.Add(new(wall.Document.StartsWith("subscription", StringComparison.Ordinal) ? "text/event-stream" : "application/json"));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await WholeAnswer.ReadAsync(response);
    }

    /// <summary>The token of a second session that was good and has been ended.</summary>
    private async Task<string> EndedAsync(Estate estate)
    {
        var signedIn = await new GraphQLClient(app.App.As(null)).DataAsync(
            "mutation($name: String!, $password: String!) { signIn(input: { username: $name, password: $password }) { session { token } } }",
            new { name = estate["username"], password = estate["password"] });
        var token = signedIn.GetProperty("signIn").GetProperty("session").GetProperty("token").GetString()!;
        var client = new GraphQLClient(app.App.As(token));
        Assert.Equal(estate["user"], (await client.DataAsync("{ me { id } }")).GetProperty("me").GetProperty("id").GetString());
        await client.DataAsync("mutation { signOut { errors { code } } }");
        return token;
    }
}
