using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Konscious.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

public sealed class PostgresSessionTests() : SessionTests(DatabaseKind.Postgres);

public sealed class SqliteSessionTests() : SessionTests(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Only_the_header_says_who_one_is()
    {
        var token = await RegisterAsync("ada");
        using var http = Anybody;
        http.DefaultRequestHeaders.Add("Cookie", $"Authorization=Bearer {token}; token={token}; session={token}");
        using var response = await http.GetAsync($"/graphql?query={{me{{id}}}}&token={token}&access_token={token}&Authorization=Bearer%20{token}");
        Assert.Equal(JsonValueKind.Null, (await response.ReadJsonAsync()).GetProperty("data").GetProperty("me").ValueKind);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }
}

/// <summary>How long one is signed in, and what ends it.</summary>
public abstract class SessionTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private const string Other = "another horse battery";
    private const string SignIn = "mutation($username: String!, $password: String!) { signIn(input: { username: $username, password: $password }) { session { token } errors { code } } }";
    private const string Watch = "subscription { changes { cursor } }";

    /// <summary>A day, and the five minutes to which a use is noted.</summary>
    private static readonly TimeSpan _unused = TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);
    private TestDatabase _database = null!;
    private ChatApp _app = null!;

    protected HttpClient Anybody => _app.As(null);


    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _app = Start();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_session_ends_a_day_after_its_last_use_and_thirty_days_after_its_begin()
    {
        var token = await RegisterAsync("ada");
        // Seven uses an hour before it would have ended, and then none.
        for (var use = 0; use < 7; use++)
        {
            _clock.Advance(TimeSpan.FromHours(23));
            await UseAsync(token, $"use {use}");
        }

        // This use comes too soon after the last one to be noted, and counts.
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.True(await IsLiveAsync(token));
        _clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        await UseAsync(token, "a second before");

        _clock.Advance(_unused);
        Assert.False(await IsLiveAsync(token));

        var used = (await SignInAsync("ada", Password)).Token!;
        for (var hours = 0; hours < 30 * 24 - 20; hours += 20)
        {
            _clock.Advance(TimeSpan.FromHours(20));
            await UseAsync(used, $"hour {hours}");
        }

        _clock.Advance(TimeSpan.FromHours(20));
        Assert.False(await IsLiveAsync(used));
    }

    [Fact]
    public async Task The_eleventh_session_ends_the_oldest_and_a_sign_out_its_own()
    {
        List<string> tokens = [await RegisterAsync("ada")];
        for (var i = 1; i < 11; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            tokens.Add((await SignInAsync("ada", Password)).Token!);
        }

        Assert.False(await IsLiveAsync(tokens[0]));
        foreach (var token in tokens.Skip(1)) Assert.True(await IsLiveAsync(token));

        await new GraphQLClient(_app.As(tokens[5])).DataAsync("mutation { signOut { errors { code } } }");
        Assert.False(await IsLiveAsync(tokens[5]));
        Assert.True(await IsLiveAsync(tokens[6]));
    }

    [Fact]
    public async Task Sign_out_new_password_and_deletion_end_open_streams_on_every_instance()
    {
        // SQLite has one instance.
        await using var second = kind == DatabaseKind.Postgres ? Start() : null;
        var elsewhere = second ?? _app;
        var first = await RegisterAsync("ada");
        var signedOut = await OpenAsync(elsewhere, (await SignInAsync("ada", Password)).Token!);
        var others = new[] { await OpenAsync(elsewhere, (await SignInAsync("ada", Password)).Token!), await OpenAsync(_app, (await SignInAsync("ada", Password)).Token!) };
        var own = await OpenAsync(elsewhere, first);

        await new GraphQLClient(_app.As(signedOut.Token)).DataAsync("mutation { signOut { errors { code } } }");
        await signedOut.EndsAsync();
        Assert.All(others.Append(own), open => Assert.False(open.HasEnded));

        var changed = await new GraphQLClient(_app.As(first)).DataAsync(
            $"mutation {{ changePassword(input: {{ currentPassword: \"{Password}\", newPassword: \"{Other}\" }}) {{ user {{ id }} errors {{ code }} }} }}");
        Assert.Equal(0, changed.GetProperty("changePassword").GetProperty("errors").GetArrayLength());
        foreach (var open in others) await open.EndsAsync();
        Assert.False(own.HasEnded);
        Assert.Equal("INVALID_CREDENTIALS", (await SignInAsync("ada", Password)).Error);

        await new GraphQLClient(_app.As(first)).DataAsync($"mutation {{ deleteUser(input: {{ password: \"{Other}\" }}) {{ errors {{ code }} }} }}");
        await own.EndsAsync();
        Assert.Equal("INVALID_CREDENTIALS", (await SignInAsync("ada", Other)).Error);
    }

    [Fact]
    public async Task Only_hashes_are_stored_and_a_weak_one_is_made_anew_at_sign_in()
    {
        var token = await RegisterAsync("ada");
        await using var db = Tables.Open(_database);
        var strong = await db.Users.Select(u => u.PasswordHash).SingleAsync();
        Assert.Matches("^\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}$", strong);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))), await db.Sessions.Select(s => s.TokenHash).SingleAsync());
        Assert.Equal(256 / 8, System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(token.IndexOf('_', 5) + 1)).Length);

        var weak = WeakHash(Password);
        await db.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, weak));
        Assert.Equal("INVALID_CREDENTIALS", (await SignInAsync("ada", Other)).Error);
        Assert.Equal(weak, await db.Users.Select(u => u.PasswordHash).SingleAsync());
        Assert.NotNull((await SignInAsync("ada", Password)).Token);
        var renewed = await db.Users.Select(u => u.PasswordHash).SingleAsync();
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", renewed, StringComparison.Ordinal);
        Assert.NotEqual(strong, renewed);
        Assert.NotNull((await SignInAsync("ada", Password)).Token);
        Assert.Equal(renewed, await db.Users.Select(u => u.PasswordHash).SingleAsync());
    }

    [Fact]
    public async Task A_stream_ends_when_its_session_has_not_been_used_for_a_day_or_is_thirty_days_old()
    {
        var token = await RegisterAsync("ada");
        var unused = await OpenAsync(_app, token);
        _clock.Advance(_unused);
        await unused.EndsAsync();

        var old = (await SignInAsync("ada", Password)).Token!;
        for (var use = 0; use < 31; use++)
        {
            _clock.Advance(TimeSpan.FromHours(23));
            await UseAsync(old, $"use {use}");
        }

        var watched = await OpenAsync(_app, old);
        // Seven hours are left of the thirty days, and a day until it would end unused.
        _clock.Advance(TimeSpan.FromHours(7) + TimeSpan.FromSeconds(1));
        await watched.EndsAsync();
    }

    private ChatApp Start() => ChatApp.Start(
        _database,
        settings: new Dictionary<string, string?> { ["Security:SessionCacheDuration"] = "00:00:00", ["Transport:SessionCheck"] = "00:00:00.1" },
        services: services => services.AddSingleton<TimeProvider>(_clock));

    protected async Task<string> RegisterAsync(string username)
    {
        var data = await new GraphQLClient(_app.As(null)).DataAsync(
            "mutation($input: CreateUserInput!) { createUser(input: $input) { session { token } } }", new { input = new { username, password = Password } });
        return data.GetProperty("createUser").GetProperty("session").GetProperty("token").GetString()!;
    }

    private async Task<(string? Token, string? Error)> SignInAsync(string username, string password)
    {
        var done = (await new GraphQLClient(_app.As(null)).DataAsync(SignIn, new { username, password })).GetProperty("signIn");
        return done.GetProperty("errors") is { } errors && errors.GetArrayLength() > 0
            ? (null, errors[0].GetProperty("code").GetString())
            : (done.GetProperty("session").GetProperty("token").GetString(), null);
    }

    private async Task<bool> IsLiveAsync(string token)
    {
        using var response = await _app.As(token).GetAsync("/graphql?query={me{id}}");
        Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Unauthorized]);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Until the use is noted: a note that takes long is left to the next use.</summary>
    private async Task UseAsync(string token, string what)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        await using var db = Tables.Open(_database);
        await Eventually.HoldsAsync(async () =>
        {
            Assert.True(await IsLiveAsync(token), what);
            return _clock.GetUtcNow().UtcDateTime - await db.Sessions.Where(s => s.TokenHash == hash).Select(s => s.LastUsedAt).SingleAsync() < TimeSpan.FromMinutes(1);
        });
    }

    private static async Task<OpenStream> OpenAsync(ChatApp app, string token)
    {
        var socket = await GraphQLSocket.ConnectAsync(app.Address, token);
        return new OpenStream(token, socket, ReadToEndAsync(socket));
    }

    private static async Task ReadToEndAsync(GraphQLSocket socket)
    {
        try
        {
            await foreach (var _ in socket.SubscribeAsync(Watch))
            {
                // The changes are of no interest.
            }
        }
        catch (Exception end) when (end is System.Net.WebSockets.WebSocketException or System.Threading.Channels.ChannelClosedException)
        {
            // Closed by the server: 4403.
        }
    }

    private static string WeakHash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password)) { Salt = salt, MemorySize = 1_024, Iterations = 1, DegreeOfParallelism = 1 };
        return $"$argon2id$v=19$m=1024,t=1,p=1${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(argon.GetBytes(32)).TrimEnd('=')}";
    }

    /// <summary>A subscription that lasts until the server ends it.</summary>
    private sealed record OpenStream(string Token, GraphQLSocket Socket, Task Read)
    {
        public bool HasEnded => Read.IsCompleted;

        public async Task EndsAsync()
        {
            await Read.WaitAsync(TimeSpan.FromSeconds(60));
            await Socket.Closed.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(4403, Socket.CloseCode);
            await Socket.DisposeAsync();
        }
    }
}
