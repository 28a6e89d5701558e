using System.Text.Json;
using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>A socket may send what is no operation, too, but not without end.</summary>
public sealed class SocketAllowanceTests
{
    private const string Ping = """{"type":"ping"}""";
    private const string Silence = "subscription { ticks(times: 0) { number } }";
    private const int Free = 5;
    private const int Requests = 3;

    [Theory]
    [InlineData(Ping, null, true)]
    [InlineData(Ping, "ada", true)]
    [InlineData("""{"type":"pong"}""", null, false)]
    [InlineData("""{"type":"complete","id":"nobody's"}""", null, false)]
    [InlineData("""{"type":"complete","id":"nobody's"}""", "ada", false)]
    public async Task So_many_messages_are_free_and_the_others_count_as_requests(string message, string? token, bool isAnswered)
    {
        await using var host = await StartAsync();
        // To begin is one of the messages.
        using var client = await SocketClient.OpenAsync(host, token);
        for (var i = 1; i < Free + Requests - (isAnswered ? 0 : 1); i++)
        {
            await client.SendAsync(message);
            if (isAnswered) Assert.Equal("pong", Type(await client.ReceiveAsync()));
        }

        // What needs no answer has not closed the socket.
        await client.SendAsync(Ping);
        var last = await client.ReceiveAsync();
        if (isAnswered)
        {
            Assert.Null(last);
        }
        else
        {
            Assert.Equal("pong", Type(last));
            await client.SendAsync(message);
        }

        Assert.Equal(1013, await CloseCodeAsync(client, last));
        Assert.Equal("Too many messages", client.CloseReason);
        // The requests of others are theirs.
        using var other = await SocketClient.OpenAsync(host, "grace");
        await other.SubscribeAsync("1", "{ hello }");
        Assert.Equal(2, (await other.ReceiveUntilAsync("complete", "1")).Count);
    }

    [Fact]
    public async Task Nobody_has_to_say_who_they_are_to_be_counted_and_a_long_message_counts_as_many()
    {
        await using var host = await StartAsync(("Limits:SocketMessages", "30"));
        using var client = await SocketClient.ConnectAsync(host, "graphql-transport-ws");
        var text = new string('a', 100_000);
        var ping = JsonSerializer.Serialize(new { type = "ping", payload = new { a = text } });
        await client.SendAsync(ping);
        Assert.Equal(text, (await client.ReceiveAsync())!.Value.GetProperty("payload").GetProperty("a").GetString());
        await client.SendAsync(ping);
        Assert.Equal(1013, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task What_cannot_run_beside_the_others_is_refused_so_often()
    {
        await using var host = await StartAsync(("Transport:MaxOperationsPerSocket", "1"), ("Limits:RequestsPerUser", "2"));
        using var client = await SocketClient.OpenAsync(host, "ada");
        await client.SubscribeAsync("1", Silence);
        await host.Probe.UntilAsync(p => p.Open == 1);
        // One message was the beginning, and one request was the subscription.
        for (var i = 1; i < Free + 1; i++)
        {
            await client.SubscribeAsync($"more {i}", "{ hello }");
            var extensions = Assert.Single(await client.ReceiveUntilAsync("error", $"more {i}")).GetProperty("payload")[0].GetProperty("extensions");
            Assert.Equal(("TOO_MANY_STREAMS", 1), (extensions.GetProperty("code").GetString(), extensions.GetProperty("retryAfter").GetInt32()));
        }

        await client.SubscribeAsync("last", "{ hello }");
        Assert.Equal(1013, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Operations_beyond_the_rate_are_refused_so_often()
    {
        await using var host = await StartAsync();
        using var client = await SocketClient.OpenAsync(host, "ada");
        for (var i = 0; i < Requests; i++)
        {
            await client.SubscribeAsync($"{i}", "{ hello }");
            Assert.Equal(2, (await client.ReceiveUntilAsync("complete", $"{i}")).Count);
        }

        for (var i = 1; i < Free; i++)
        {
            await client.SubscribeAsync("more", "{ hello }");
            var error = Assert.Single(await client.ReceiveUntilAsync("error", "more"));
            Assert.Equal("RATE_LIMITED", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
        }

        await client.SubscribeAsync("last", "{ hello }");
        Assert.Equal(1013, await client.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData("ada", 100)]
    public async Task A_hundred_operations_begun_and_ended_at_once_are_no_flood(string? token, int running)
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:RequestPerAddressRefill", "01:00:00"), ("Limits:RequestPerUserRefill", "01:00:00"), ("Limits:SocketMessageRefill", "01:00:00"),
            ("Limits:StreamsPerUser", "100"), ("Limits:StreamsPerAddress", "100"));
        using var client = await SocketClient.OpenAsync(host, token);
        for (var i = 0; i < 100; i++) await client.SubscribeAsync($"{i}", Silence);
        await host.Probe.UntilAsync(p => p.Open == running);
        // Also of those that were refused; a client may not have heard of that yet.
        for (var i = 0; i < 100; i++) await client.SendAsync($$"""{"type":"complete","id":"{{i}}"}""");
        await host.Probe.UntilAsync(p => p.Open == 0);
        await client.SendAsync(Ping);
        JsonElement? message;
        do message = await client.ReceiveAsync();
        while (message is not null && Type(message) == "error");
        Assert.Equal("pong", Type(message));
    }

    [Fact]
    public async Task A_message_comes_back_with_time_and_without_limits_none_is_counted()
    {
        await using var paced = await StartAsync(("Limits:SocketMessageRefill", "00:00:00.000001"));
        await using var free = await StartAsync(("Limits:Enabled", "false"));
        foreach (var host in new[] { paced, free })
        {
            using var client = await SocketClient.OpenAsync(host);
            for (var i = 0; i < 100; i++)
            {
                await client.SendAsync(Ping);
                Assert.Equal("pong", Type(await client.ReceiveAsync()));
            }
        }
    }

    [Fact]
    public async Task Long_messages_of_an_address_hold_so_much_together_while_they_come()
    {
        await using var host = await StartAsync(("Limits:Enabled", "false"), ("Limits:BodyBytesPerAddress", "200000"));
        var limits = host.Services.GetRequiredService<BodyLimits>();
        var blanks = new string(' ', 150_000);
        using var first = await SocketClient.OpenAsync(host);
        await first.SendAsync(blanks, isEnd: false);
        await HoldsAsync(150_000);
        using (var second = await SocketClient.OpenAsync(host))
        {
            await second.SendAsync(blanks + Ping);
            Assert.Equal((1013, "Too many long messages come at once"), (await second.ReceiveCloseAsync(), second.CloseReason));
        }

        using (var small = await SocketClient.OpenAsync(host))
        {
            await small.SendAsync(Ping);
            Assert.Equal("pong", Type(await small.ReceiveAsync()));
        }

        await first.SendAsync(Ping);
        Assert.Equal("pong", Type(await first.ReceiveAsync()));
        // It is silent now, and another may.
        await HoldsAsync(0);
        using var other = await SocketClient.OpenAsync(host);
        await other.SendAsync(blanks + Ping);
        Assert.Equal("pong", Type(await other.ReceiveAsync()));
        await other.SendAsync(blanks, isEnd: false);
        await HoldsAsync(150_000);
        other.Drop();
        await HoldsAsync(0);

        Task HoldsAsync(long bytes) => Eventually.HoldsAsync(() => Task.FromResult(limits.Held == bytes));
    }

    private static async Task<int?> CloseCodeAsync(SocketClient client, JsonElement? last) => last is null ? client.CloseCode : await client.ReceiveCloseAsync();

    private static string? Type(JsonElement? message) => message?.GetProperty("type").GetString();

    private static Task<TransportHost> StartAsync(params (string Key, string Value)[] settings) => TransportHost.StartAsync(
    [
        .. settings.Concat(
        [
            ("Limits:SocketMessages", $"{Free}"), ("Limits:SocketMessageRefill", "01:00:00"), ("Limits:RequestsPerAddress", $"{Requests}"),
            ("Limits:RequestPerAddressRefill", "01:00:00"), ("Limits:RequestsPerUser", $"{Requests}"), ("Limits:RequestPerUserRefill", "01:00:00"),
        ]).DistinctBy(setting => setting.Item1),
    ]);
}
