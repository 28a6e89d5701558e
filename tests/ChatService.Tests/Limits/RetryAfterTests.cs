using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;

namespace ChatService.Tests;

/// <summary>A service with room for little at once: one password, three answers, one WebSocket.</summary>
public sealed class NarrowApp() : AppFixture(
    DatabaseKind.Sqlite,
    ("Facade:Mode", "secure"),
    ("Limits:Enabled", "true"),
    ("Limits:SocketsPerAddress", "1"),
    ("Limits:RegistrationsPerAddress", "100"),
    ("Limits:SignInsPerAddress", "1000"),
    ("Limits:RequestsPerAddress", "1000"),
    ("Completions:MaximumRunning", "3"),
    ("Security:HashesWaiting", "0"));

/// <summary>Whoever is refused for now is told when to come back, on whichever face.</summary>
public sealed class RetryAfterTests(NarrowApp app) : IClassFixture<NarrowApp>
{
    private const string Start = "mutation($input: StartCompletionInput!) { startCompletion(input: $input) { completion { id } errors { code } } }";
    private const string SignIn = "mutation($username: String!) { signIn(input: { username: $username, password: \"wrong password\" }) { session { token } } }";

    [Fact]
    public async Task A_WebSocket_too_many()
    {
        var address = new UriBuilder(app.App.Address) { Scheme = "ws", Path = "/graphql" }.Uri;
        using var first = NewSocket();
        await first.ConnectAsync(address, CancellationToken.None);
        using var second = NewSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(address, CancellationToken.None));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.HttpStatusCode);
        Assert.Equal(["1"], second.HttpResponseHeaders!["Retry-After"]);
    }

    [Fact]
    public async Task Answers_too_many_of_one_person_and_of_all()
    {
        var gate = new Gate();
        app.Provider.When(request => request.IsChat, Reply.Of("So ").Wait(gate).Text("be it."));
        var (ada, grace) = (await app.RegisterAsync("ada"), await app.RegisterAsync("grace"));
        foreach (var _ in (int[])[1, 2]) await ada.StartAsync(await ada.CreateConversationAsync(), "Wait");
        await RefusedAsync(ada, "RATE_LIMITED", 429);
        await grace.StartAsync(await grace.CreateConversationAsync(), "Wait");
        await RefusedAsync(grace, "OVERLOADED", 503);
        gate.Open();
    }

    [Fact]
    public async Task Passwords_too_many_at_once()
    {
        await OverloadedAsync(503, (client, name) => client.PostAsJsonAsync("/sessions", new { username = name, password = "wrong password" }));
        await OverloadedAsync(200, (client, name) => LimitedApp.QueryAsync(client, SignIn, new { username = name }));
        await OverloadedAsync(200, (client, name) => LimitedApp.QueryAsync(client, SignIn, new { username = name }, "text/event-stream"));
    }

    /// <summary>One more answer is refused on both faces, streamed or not, and in every form that an answer has.</summary>
    private async Task RefusedAsync(Member member, string code, int status)
    {
        using var client = app.App.As(member.Token);
        var conversation = await member.CreateConversationAsync();
        var input = new { input = new { conversationId = conversation, content = "More" } };
        foreach (var accept in new[] { null, "application/json", "application/graphql-response+json" })
        {
            var (answered, said, after) = await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Start, input, accept));
            Assert.Equal((200, code), (answered, said));
            Assert.InRange(after ?? 0, 1, 60);
        }

        using (var events = await LimitedApp.QueryAsync(client, Start, input, "text/event-stream"))
        {
            Assert.Equal("text/event-stream", events.Content.Headers.ContentType?.MediaType);
            Assert.Contains(code, await events.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.InRange(SecondsOf(events), 1, 60);
        }

        foreach (var stream in new[] { false, true })
        {
            var (answered, said, after) = await LimitedApp.ReadAsync(
                client.PostAsJsonAsync($"/conversations/{Person.NumberOf(conversation)}/messages:complete", new { stream, content = "More" }));
            Assert.Equal((status, code), (answered, said));
            Assert.InRange(after ?? 0, 1, 60);
        }
    }

    /// <summary>So many sign-ins at once that they meet, and each one that is refused for that says until when.</summary>
    private async Task OverloadedAsync(int status, Func<HttpClient, string, Task<HttpResponseMessage>> signIn)
    {
        using var client = app.App.As(null);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => signIn(client, $"nobody{i}")));
        var refused = 0;
        foreach (var answer in answers)
        {
            if ((await answer.Content.ReadAsStringAsync()).Contains("OVERLOADED", StringComparison.Ordinal))
            {
                refused++;
                Assert.Equal(status, (int)answer.StatusCode);
                Assert.InRange(SecondsOf(answer), 1, 60);
            }

            answer.Dispose();
        }

        Assert.InRange(refused, 1, 23);
    }

    private static double SecondsOf(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0;

    private static ClientWebSocket NewSocket()
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.AddSubProtocol("graphql-transport-ws");
        return socket;
    }
}
