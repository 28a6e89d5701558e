using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Each request counts once, whichever way it comes, and one too many is told when to come back.</summary>
public sealed class RequestLimitTests(LimitedApp app) : IClassFixture<LimitedApp>
{
    private const int PerAddress = 6;
    private const int PerUser = 12;
    private const string Nothing = "{ __typename }";

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/graphql-response+json")]
    [InlineData("text/event-stream")]
    public async Task GraphQL_requests_of_an_address_are_counted_one_by_one(string? accept)
    {
        using var client = app.From(app.NewAddress());
        for (var i = 0; i < PerAddress; i++)
            Assert.Equal(200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing, accept: accept))).Status);
        Assert.Equal((429, "RATE_LIMITED", 5), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing, accept: accept)));
    }

    [Fact]
    public async Task REST_requests_are_counted_one_by_one_however_many_operations_they_run()
    {
        var (name, token) = await app.RegisterAsync();
        using var client = app.From(app.NewAddress(), token);
        for (var i = 0; i < PerUser; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{name}");
            Assert.Equal(200, (await LimitedApp.ReadAsync(client.SendAsync(request))).Status);
        }

        Assert.Equal((429, "RATE_LIMITED", 2), await LimitedApp.ReadAsync(client.GetAsync($"/users/{name}")));
        Assert.Equal((429, "RATE_LIMITED", 2), await LimitedApp.ReadAsync(client.PostAsJsonAsync("/conversations", new { title = "Late", user_id = 1 })));
        // A user is limited wherever they are, and others are not, wherever that is.
        using var elsewhere = app.From(app.NewAddress(), token);
        Assert.Equal((429, "RATE_LIMITED", 2), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(elsewhere, Nothing)));
        using var other = app.From(app.NewAddress(), (await app.RegisterAsync()).Token);
        Assert.Equal(200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(other, Nothing))).Status);

        app.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await LimitedApp.ReadAsync(client.GetAsync($"/users/{name}"))).Status);
        Assert.Equal(429, (await LimitedApp.ReadAsync(client.GetAsync($"/users/{name}"))).Status);
    }

    [Fact]
    public async Task A_request_of_several_operations_counts_once()
    {
        var (name, token) = await app.RegisterAsync();
        using var client = app.From(app.NewAddress(), token);
        for (var i = 0; i < PerUser; i++)
        {
            // Finds out who is asking, then tries the change, whose new password is too short: two operations.
            var (status, _, after) = await LimitedApp.ReadAsync(client.PatchAsJsonAsync($"/users/{name}", new { password = LimitedApp.Password, new_password = "short" }));
            // From the fourth on it is the passwords that are limited, by their user or their address, for longer than requests are.
            Assert.Equal(i < 3 ? 400 : 429, status);
            Assert.True(after is null or > 2);
        }

        Assert.Equal((429, "RATE_LIMITED", 2), await LimitedApp.ReadAsync(client.GetAsync($"/users/{name}")));
    }

    [Fact]
    public async Task Each_field_of_a_mutation_counts()
    {
        var (_, token) = await app.RegisterAsync();
        using var client = app.From(app.NewAddress(), token);
        var five = string.Concat(Enumerable.Range(0, 5).Select(i => $"a{i}: createMessage(input: {{ conversationId: \"cnv_0\", content: \"Hello?\" }}) {{ errors {{ code }} }} "));
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, $"mutation {{ {five} }}"))).Status);
        // Two are left of twelve; the request itself has taken one when the others are asked for.
        Assert.Equal((429, "RATE_LIMITED", 6), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, $"mutation {{ {five} }}")));
        Assert.Equal(200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing))).Status);
        Assert.Equal(429, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing))).Status);
    }

    [Fact]
    public async Task Operations_of_a_socket_are_counted_and_one_too_many_is_an_error_frame()
    {
        var (_, token) = await app.RegisterAsync();
        await using var socket = await GraphQLSocket.ConnectAsync(app.Address, token);
        for (var i = 0; i < PerUser; i++)
            Assert.Equal(JsonValueKind.Object, Assert.Single(await socket.SubscribeAsync(Nothing).ToListAsync()).ValueKind);

        var error = Assert.Single(await socket.SubscribeAsync(Nothing).ToListAsync());
        Assert.Equal(JsonValueKind.Array, error.ValueKind);
        var extensions = error[0].GetProperty("extensions");
        Assert.Equal("RATE_LIMITED", extensions.GetProperty("code").GetString());
        Assert.Equal(2, extensions.GetProperty("retryAfter").GetInt32());
    }

    [Fact]
    public async Task A_bad_token_is_counted_for_its_address()
    {
        using var client = app.From(app.NewAddress(), "chat_1_" + new string('A', 43));
        for (var i = 0; i < PerAddress; i++)
            Assert.Equal((401, "UNAUTHENTICATED", null), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing)));
        Assert.Equal((429, "RATE_LIMITED", 5), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing)));
        Assert.Equal((429, "RATE_LIMITED", 5), await LimitedApp.ReadAsync(client.GetAsync("/users/nobody")));
    }

    [Fact]
    public async Task Where_guesses_are_used_up_only_those_who_have_been_here_are_looked_up()
    {
        var address = app.NewAddress();
        var (known, knownToken) = await app.RegisterAsync();
        var (_, newToken) = await app.RegisterAsync();
        using var before = app.From(app.NewAddress(), knownToken);
        Assert.Equal(200, (await LimitedApp.ReadAsync(before.GetAsync($"/users/{known}"))).Status);
        using var guess = app.From(address, "chat_1_" + new string('B', 43));
        for (var i = 0; i < PerAddress; i++) Assert.Equal(401, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(guess, Nothing))).Status);

        using var neighbour = app.From(address, knownToken);
        Assert.Equal(200, (await LimitedApp.ReadAsync(neighbour.GetAsync($"/users/{known}"))).Status);
        using var stranger = app.From(address, newToken);
        Assert.Equal((429, "RATE_LIMITED", 5), await LimitedApp.ReadAsync(LimitedApp.QueryAsync(stranger, Nothing)));
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(stranger, Nothing))).Status);
        Assert.Equal(401, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(guess, Nothing))).Status);
        Assert.Equal(429, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(guess, Nothing))).Status);
    }

    [Theory]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:2::1", "2001:db8:0:3::1", false)]
    [InlineData("198.18.0.1", "::ffff:198.18.0.1", true)]
    [InlineData("10.9.9.1, 198.18.0.2", "10.9.9.2, 198.18.0.2", true)]
    public async Task An_address_is_the_one_that_a_known_proxy_saw_and_of_IPv6_its_network(string first, string second, bool same)
    {
        using var one = app.From(first);
        using var two = app.From(second);
        for (var i = 0; i < PerAddress; i++) Assert.Equal(200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(one, Nothing))).Status);
        Assert.Equal(same ? 429 : 200, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(two, Nothing))).Status);
    }

    [Fact]
    public async Task Without_a_known_proxy_the_socket_tells_the_address_and_pages_do_not_count()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var settings = new Dictionary<string, string?>
        {
            ["Limits:Enabled"] = "true",
            ["Limits:RequestsPerAddress"] = "3",
            ["Limits:RequestPerAddressRefill"] = "01:00:00",
        };
        await using var service = ChatApp.Start(database, settings: settings);
        for (var i = 0; i < 5; i++)
        {
            using var client = service.As(null);
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"198.51.100.{i}");
            Assert.Equal(200, (await LimitedApp.ReadAsync(client.GetAsync("/"))).Status);
            Assert.Equal(i < 3 ? 200 : 429, (await LimitedApp.ReadAsync(LimitedApp.QueryAsync(client, Nothing))).Status);
        }
    }
}
