using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using ChatService.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit.Abstractions;

namespace ChatService.Tests;

/// <summary>How soon a session that was ended is ended everywhere, with the settings that the service is shipped with.</summary>
public sealed class SessionEndTests(ITestOutputHelper output)
{
    /// <summary>Five seconds are promised; the rest is for a machine that has much else to do.</summary>
    private static readonly TimeSpan _promised = TimeSpan.FromSeconds(5 + 1.5);

    [Theory]
    [InlineData("signOut { errors { code } }")]
    [InlineData("changePassword(input: { currentPassword: \"correct horse\", newPassword: \"another horse\" }) { errors { code } }")]
    [InlineData("deleteUser(input: { password: \"correct horse\" }) { errors { code } }")]
    public Task Within_five_seconds_of_its_end_nothing_of_a_session_is_open_at_another_instance_nor_can_be_opened(string end) =>
        InTime.OnceAsync(_promised, () => EndAsync(end));

    /// <returns>When the last of it had ended.</returns>
    private async Task<TimeSpan> EndAsync(string end)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using var provider = await ScriptedProvider.StartAsync();
        var never = new Gate();
        provider.Answer(Reply.Of("The loom ").Wait(never).Text("weaves."));
        var settings = new Dictionary<string, string?> { ["Facade:Mode"] = "secure" };
        await using var here = ChatApp.Start(database, provider, settings);
        await using var there = ChatApp.Start(database, provider, settings);
        using var ada = await Person.SignUpAsync(here.Address, "ada");
        var conversation = Person.NumberOf(await ada.CreateConversationAsync("Engines"));

        // The facade's stream, held at the other instance by an answer that stands still.
        using var client = there.As(ada.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/conversations/{conversation}/messages:complete") { Content = JsonContent.Create(new { stream = true, content = "What does it do?" }) };
        using var rest = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var told = rest.Content.ReadAsStringAsync();
        var since = new Stopwatch();
        var open = new List<Task<TimeSpan>> { WatchAsync(await GraphQLSocket.ConnectAsync(there.Address, ada.Token), since) };
        Assert.False(told.IsCompleted || open[0].IsCompleted);

        var other = await SignInAsync(here, end.StartsWith("signOut", StringComparison.Ordinal) ? ada.Token : null);
        Assert.Equal(0, (await other.DataAsync($"mutation {{ {end} }}")).EnumerateObject().Single().Value.GetProperty("errors").GetArrayLength());
        since.Start();
        // What the other instance has just read of the session it still believes; streams that begin meanwhile must end in time as well.
        while (await TryOpenAsync(there.Address, ada.Token) is { } socket) open.Add(WatchAsync(socket, since));
        var refused = since.Elapsed;
        var text = await told.WaitAsync(TimeSpan.FromSeconds(60));
        var cut = since.Elapsed;
        var last = (await Task.WhenAll(open).WaitAsync(TimeSpan.FromSeconds(60))).Max();
        never.Open();
        output.WriteLine($"refused after {refused.TotalSeconds:0.0} s; of {open.Count} subscriptions the last ended after {last.TotalSeconds:0.0} s, the facade's stream after {cut.TotalSeconds:0.0} s at most");

        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Contains("The loom ", text, StringComparison.Ordinal);
        // The answer to a user who is gone may be gone before them.
        Assert.Contains(end.StartsWith("deleteUser", StringComparison.Ordinal) ? "\"error\"" : "UNAUTHENTICATED", text, StringComparison.Ordinal);
        return new[] { refused, cut, last }.Max();
    }

    [Fact]
    public async Task What_was_read_of_a_session_before_its_end_is_not_believed_after_it()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var clock = new StandingClock();
        // As long as it may be, so that only the race is at stake.
        var settings = new Dictionary<string, string?> { ["Security:SessionCacheDuration"] = "00:00:04.8", ["Transport:SessionCheck"] = "00:00:00.1" };
        await using var app = ChatApp.Start(database, settings: settings, services: services => services.AddSingleton<TimeProvider>(clock));
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var sessions = app.Services.GetRequiredService<SessionService>();

        var finding = Task.Run(async () =>
        {
            clock.StandFor(2);
            return await sessions.FindAsync(ada.Token, default);
        });
        // It has read the row, and looks at the time to see whether it lives.
        await clock.Stood.WaitAsync(TimeSpan.FromSeconds(60));
        await sessions.EndAsync(1, SessionToken.HashOf(ada.Token), default);
        clock.Go();
        Assert.NotNull(await finding);
        Assert.Null(await sessions.FindAsync(ada.Token, default));
    }

    [Fact]
    public async Task A_service_that_would_take_five_seconds_does_not_start()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var settings = new Dictionary<string, string?> { ["Security:SessionCacheDuration"] = "00:00:02" };
        var refused = Assert.Throws<OptionsValidationException>(() => ChatApp.Start(database, settings: settings));
        Assert.Contains("together must be less than 5 seconds", refused.Message, StringComparison.Ordinal);
    }

    /// <returns>A client of that session, or of another one of the same user.</returns>
    private static async Task<GraphQLClient> SignInAsync(ChatApp app, string? token)
    {
        if (token is not null) return new GraphQLClient(app.As(token));
        var data = await new GraphQLClient(app.As(null)).DataAsync(
            "mutation { signIn(input: { username: \"ada\", password: \"correct horse\" }) { session { token } } }");
        return new GraphQLClient(app.As(data.GetProperty("signIn").GetProperty("session").GetProperty("token").GetString()));
    }

    /// <returns>When it ended, from the sign-out on.</returns>
    private static async Task<TimeSpan> WatchAsync(GraphQLSocket socket, Stopwatch since)
    {
        await using var _ = socket;
        try
        {
            await foreach (var _item in socket.SubscribeAsync("subscription { changes { cursor } }"))
            {
                // What changes is of no interest.
            }
        }
        catch (WebSocketException)
        {
            // Closed by the service.
        }

        await socket.Closed;
        var ended = since.Elapsed;
        Assert.Equal(4403, socket.CloseCode);
        return ended;
    }

    /// <returns>Null once the service lets nobody in by this token.</returns>
    private static async Task<GraphQLSocket?> TryOpenAsync(Uri address, string token)
    {
        try
        {
            return await GraphQLSocket.ConnectAsync(address, token);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Stands still, for who has asked for that, at the last of so many looks at the time.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private readonly AsyncLocal<int[]?> _looks = new();
        private readonly ManualResetEventSlim _go = new();
        private readonly TaskCompletionSource _stood = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stood => _stood.Task;

        public void StandFor(int looks) => _looks.Value = [looks];

        public void Go() => _go.Set();

        public override DateTimeOffset GetUtcNow()
        {
            if (_looks.Value is { } left && --left[0] == 0)
            {
                _stood.TrySetResult();
                _go.Wait(TimeSpan.FromSeconds(60));
            }

            return base.GetUtcNow();
        }
    }
}
