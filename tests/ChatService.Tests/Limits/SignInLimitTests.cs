using System.Net.Http.Json;
using ChatService.Data;

namespace ChatService.Tests;

/// <summary>Passwords cannot be guessed, nor accounts made, at the pace of a machine.</summary>
public sealed class SignInLimitTests(LimitedApp app) : IClassFixture<LimitedApp>
{
    private const string SignIn = "mutation($username: String!, $password: String!) { signIn(input: { username: $username, password: $password }) { session { token } errors { code } } }";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_has_so_many_attempts_whether_it_exists_or_not(bool exists)
    {
        var name = exists ? (await app.RegisterAsync()).Name : "nobodyatall";
        for (var i = 0; i < 3; i++) Assert.Equal((401, "INVALID_CREDENTIALS"), await RestAsync(i % 2 == 0 ? name : name.ToUpperInvariant(), "wrong password"));

        using var rest = app.From(app.NewAddress());
        Assert.Equal((429, "RATE_LIMITED", 60), await LimitedApp.ReadAsync(rest.PostAsJsonAsync("/sessions", new { username = name, password = LimitedApp.Password })));
        using var graphQL = app.From(app.NewAddress());
        Assert.Equal(
            (200, "RATE_LIMITED", 60),
            await LimitedApp.ReadAsync(LimitedApp.QueryAsync(graphQL, SignIn, new { username = name, password = LimitedApp.Password })));

        app.Clock.Advance(TimeSpan.FromSeconds(60));
        // The fourth failure in a row makes the next attempts rare; going well would have ended that.
        Assert.Equal(exists ? (201, null) : (401, "INVALID_CREDENTIALS"), await RestAsync(name, LimitedApp.Password));
        Assert.Equal(429, (await RestAsync(name, LimitedApp.Password)).Status);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(exists ? 201 : 429, (await RestAsync(name, LimitedApp.Password)).Status);
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(exists ? 201 : 401, (await RestAsync(name, LimitedApp.Password)).Status);
    }

    [Fact]
    public async Task An_address_has_so_many_attempts_whatever_the_names()
    {
        using var client = app.From(app.NewAddress());
        for (var i = 0; i < 5; i++)
            Assert.Equal((401, "INVALID_CREDENTIALS", null), await LimitedApp.ReadAsync(client.PostAsJsonAsync("/sessions", new { username = $"somebody{i}", password = "x" })));
        Assert.Equal((429, "RATE_LIMITED", 3), await LimitedApp.ReadAsync(client.PostAsJsonAsync("/sessions", new { username = "somebody6", password = "x" })));
        // What is no name at all counts there too.
        Assert.Equal(429, (await LimitedApp.ReadAsync(client.PostAsJsonAsync("/sessions", new { username = "no name", password = "x" }))).Status);
        app.Clock.Advance(TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData("changePassword", "currentPassword: $password, newPassword: \"another horse battery\"")]
    [InlineData("deleteUser", "password: $password")]
    public async Task A_stolen_session_is_no_better_way_to_guess(string mutation, string input)
    {
        var (_, token) = await app.RegisterAsync();
        var document = $"mutation($password: String!) {{ {mutation}(input: {{ {input} }}) {{ errors {{ code }} }} }}";
        for (var i = 0; i < 3; i++)
        {
            using var client = app.From(app.NewAddress(), token);
            Assert.Equal((200, null, null), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, document, new { password = "wrong" })));
        }

        using var last = app.From(app.NewAddress(), token);
        Assert.Equal((200, "RATE_LIMITED", 60), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(last, document, new { password = LimitedApp.Password })));
    }

    [Fact]
    public async Task An_address_has_so_many_registrations()
    {
        var address = app.NewAddress();
        using var client = app.From(address);
        // What cannot be a registration is none.
        for (var i = 0; i < 3; i++)
            Assert.Equal(400, (await LimitedApp.ReadAsync(client.PostAsJsonAsync("/users", new { username = "no name", password = LimitedApp.Password }))).Status);
        for (var i = 0; i < 2; i++)
        {
            // Those that are refused count, too: they tell which names exist.
            var (status, _, _) = await LimitedApp.ReadAsync(client.PostAsJsonAsync("/users", new { username = "taken", password = LimitedApp.Password }));
            Assert.Equal(i == 0 ? 201 : 409, status);
        }

        Assert.Equal((429, "RATE_LIMITED", 120), await LimitedApp.ReadAsync(client.PostAsJsonAsync("/users", new { username = "another", password = LimitedApp.Password })));
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(201, (await LimitedApp.ReadAsync(client.PostAsJsonAsync("/users", new { username = "another", password = LimitedApp.Password }))).Status);
    }

    [Fact]
    public async Task Hashing_has_a_bounded_queue()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var host = await ServiceHost.StartAsync(DatabaseKind.Sqlite, database.ConnectionString, ("Security:HashesWaiting", "2"));
        var sessions = host.Get<SessionService>();
        var tried = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => sessions.SignInAsync($"nobody{i}", "wrong password", CancellationToken.None)));
        var refused = tried.Where(one => one.Error?.Code == ErrorCode.Overloaded).ToList();
        Assert.InRange(refused.Count, 1, 9);
        Assert.All(refused, one => Assert.True(one.Error!.RetryAfter > TimeSpan.Zero));
        Assert.Equal(12, refused.Count + tried.Count(one => one.Error?.Code == ErrorCode.InvalidCredentials));
        Assert.Equal(ErrorCode.InvalidCredentials, (await sessions.SignInAsync("nobody", "wrong password", CancellationToken.None)).Error?.Code);
    }

    private async Task<(int Status, string? Code)> RestAsync(string username, string password)
    {
        using var client = app.From(app.NewAddress());
        var (status, code, _) = await LimitedApp.ReadAsync(client.PostAsJsonAsync("/sessions", new { username, password }));
        return (status, code);
    }
}
