using System.Net.WebSockets;

namespace ChatService.Tests;

/// <summary>What a socket may hold for how long, and how many an address may have.</summary>
public sealed class SocketPatienceTests
{
    private const string Silence = "subscription { ticks(times: 0) { number } }";

    [Fact]
    public async Task An_address_has_so_many_sockets_whoever_is_signed_in_there()
    {
        await using var host = await TransportHost.StartAsync(("Limits:SocketsPerAddress", "2"));
        using var first = await SocketClient.OpenAsync(host, "ada");
        using var second = await SocketClient.ConnectAsync(host, "graphql-transport-ws");
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.OpenAsync(host, "grace"));
        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
        await first.SubscribeAsync("1", "{ needed }");
        Assert.Equal(2, (await first.ReceiveUntilAsync("complete", "1")).Count);

        second.Drop();
        using var third = await Eventually.GetAsync(() => TryOpenAsync(host), opened => opened is not null);
        await third!.SubscribeAsync("1", "{ hello }");
        Assert.Equal(2, (await third.ReceiveUntilAsync("complete", "1")).Count);
    }

    [Fact]
    public async Task Sockets_are_not_counted_where_limits_are_off()
    {
        await using var host = await TransportHost.StartAsync(("Limits:SocketsPerAddress", "1"), ("Limits:Enabled", "false"));
        using var first = await SocketClient.OpenAsync(host);
        using var second = await SocketClient.OpenAsync(host);
        await second.SubscribeAsync("1", "{ hello }");
        Assert.Equal(2, (await second.ReceiveUntilAsync("complete", "1")).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_was_begun_must_end_however_much_of_it_comes(bool drips)
    {
        await using var host = await TransportHost.StartAsync(("Transport:ReceiveTimeout", "00:00:00.5"));
        using var client = await SocketClient.OpenAsync(host, "ada");
        await client.SendAsync("""{"type":"ping","payload":{"a":" """, isEnd: false);
        using var closed = new CancellationTokenSource();
        var dripping = drips ? DripAsync(client, closed.Token) : Task.CompletedTask;
        Assert.Equal(4408, await client.ReceiveCloseAsync());
        await closed.CancelAsync();
        await dripping;
    }

    [Fact]
    public async Task Where_nobody_is_signed_in_a_socket_closes_when_it_has_nothing_to_do()
    {
        await using var host = await TransportHost.StartAsync(("Transport:AnonymousIdleTimeout", "00:00:03"));
        using var signedIn = await SocketClient.OpenAsync(host, "ada");
        using var busy = await SocketClient.OpenAsync(host);
        await busy.SubscribeAsync("1", Silence);
        await host.Probe.UntilAsync(p => p.Open == 1);
        using var idle = await SocketClient.OpenAsync(host);
        Assert.Equal(1000, await idle.ReceiveCloseAsync());

        await signedIn.SubscribeAsync("1", "{ needed }");
        Assert.Equal(2, (await signedIn.ReceiveUntilAsync("complete", "1")).Count);
        await busy.SubscribeAsync("2", "{ hello }");
        Assert.Equal(2, (await busy.ReceiveUntilAsync("complete", "2")).Count);
        await busy.SendAsync("""{"type":"complete","id":"1"}""");
        Assert.Equal(1000, await busy.ReceiveCloseAsync());
    }

    private static async Task DripAsync(SocketClient client, CancellationToken closed)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
                await client.SendAsync(" ", isEnd: false);
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException)
        {
            // The server has closed.
        }
    }

    private static async Task<SocketClient?> TryOpenAsync(TransportHost host)
    {
        try
        {
            return await SocketClient.OpenAsync(host);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }
}
