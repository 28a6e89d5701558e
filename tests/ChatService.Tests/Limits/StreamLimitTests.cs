using System.Net;
using System.Net.Sockets;

namespace ChatService.Tests;

/// <summary>What stays open is counted: by user, by address, and in all; and so are connections.</summary>
public sealed class StreamLimitTests
{
    private const string Events = "text/event-stream";
    private const string Silent = """{"query":"subscription{ticks(times:0){number}}"}""";
    private const string Complete = """{"query":"mutation{complete}"}""";
    private const string NeverComplete = """{"query":"mutation{complete(ends:false)}"}""";

    [Fact]
    public async Task An_address_has_so_many_streams_whoever_is_signed_in_there()
    {
        await using var host = await TransportHost.StartAsync(("Limits:StreamsPerAddress", "2"));
        var first = await host.PostAsync(Silent, Events, "ada");
        using var second = await host.PostAsync(Silent, Events);
        await RefusesAsync(host.PostAsync(Silent, Events, "grace"));
        first.Dispose();
        using var third = await Eventually.GetAsync(() => host.PostAsync(Silent, Events, "grace"), answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task The_service_has_so_many_in_all_even_where_limits_are_off(string enabled)
    {
        await using var host = await TransportHost.StartAsync(("Limits:Streams", "2"), ("Limits:Enabled", enabled));
        var first = await host.PostAsync(Silent, Events, "ada");
        using var second = await host.PostAsync(Silent, Events, "grace");
        await RefusesAsync(host.PostAsync(Silent, Events));
        await RefusesAsync(host.PostAsync(Complete));
        first.Dispose();
        using var third = await Eventually.GetAsync(() => host.PostAsync(Silent, Events), answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Waiting_for_a_whole_answer_is_a_stream()
    {
        await using var host = await TransportHost.StartAsync(("Limits:StreamsPerUser", "1"));
        using var leaving = new CancellationTokenSource();
        var waiting = host.PostAsync(NeverComplete, token: "ada", ct: leaving.Token);
        await host.Probe.UntilAsync(p => p.Open == 1);
        await RefusesAsync(host.PostAsync(Complete, token: "ada"));
        await RefusesAsync(host.PostAsync(Silent, Events, "ada"));
        using var other = await host.PostAsync(Complete, token: "grace");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        using var later = await Eventually.GetAsync(() => host.PostAsync(Complete, token: "ada"), answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_wait_ends_with_the_session()
    {
        await using var host = await TransportHost.StartAsync(("Transport:SessionCheck", "00:00:00.1"));
        var waiting = host.PostAsync(NeverComplete, token: "ada");
        await host.Probe.UntilAsync(p => p.Open == 1);
        host.Sessions.TryRemove("ada", out _);
        using var ended = await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        Assert.Equal(["UNAUTHENTICATED"], (await ended.ReadJsonAsync()).Codes());
    }

    [Fact]
    public async Task The_wait_ends_when_the_time_to_drain_is_over()
    {
        await using var host = await TransportHost.StartAsync(("Transport:DrainTime", "00:00:00.5"));
        var waiting = host.PostAsync(NeverComplete, token: "ada");
        await host.Probe.UntilAsync(p => p.Open == 1);
        var stopped = host.StopAsync();
        using var ended = await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ended.StatusCode);
        Assert.Equal(["SHUTTING_DOWN"], (await ended.ReadJsonAsync()).Codes());
        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task What_is_beside_the_wait_takes_its_time_limit_back()
    {
        await using var host = await TransportHost.StartAsync(("Transport:OperationTimeout", "00:00:00.2"));
        using var alone = await host.PostAsync("""{"query":"mutation { a: complete __typename b: complete }"}""");
        Assert.Equal(HttpStatusCode.OK, alone.StatusCode);
        using var mixed = await host.PostAsync("""{"query":"mutation { add(amount: 1) complete(ends: false) }"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, mixed.StatusCode);
        Assert.Equal(["OVERLOADED"], (await mixed.ReadJsonAsync()).Codes());
    }

    [Theory]
    [InlineData("Limits:Connections")]
    [InlineData("Limits:ConnectionsPerAddress")]
    public async Task One_connection_too_many_is_closed_and_one_that_closes_makes_room(string limit)
    {
        await using var host = await TransportHost.StartAsync((limit, "2"));
        using var first = await ConnectAsync(host);
        using var second = await ConnectAsync(host);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(second), StringComparison.Ordinal);
        Assert.Equal("", await ComeAndAskAsync(host));
        second.Dispose();
        await Eventually.GetAsync(() => ComeAndAskAsync(host), answer => answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_of_a_known_proxy_are_everybodys()
    {
        await using var host = await TransportHost.StartAsync(("Limits:ConnectionsPerAddress", "1"), ("Limits:KnownProxies:0", "127.0.0.0/8"), ("Limits:KnownProxies:1", "::1"));
        using var first = await ConnectAsync(host);
        using var second = await ConnectAsync(host);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(second), StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(Task<HttpResponseMessage> asked)
    {
        using var refused = await asked;
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(["TOO_MANY_STREAMS"], (await refused.ReadJsonAsync()).Codes());
    }

    private static async Task<TcpClient> ConnectAsync(TransportHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(host.Url.Host, host.Url.Port);
        return client;
    }

    /// <inheritdoc cref="AskAsync"/>
    private static async Task<string> ComeAndAskAsync(TransportHost host)
    {
        try
        {
            using var client = await ConnectAsync(host);
            return await AskAsync(client);
        }
        catch (SocketException)
        {
            // Closed so soon that connecting has not ended.
            return "";
        }
    }

    /// <returns>What comes of an answer first; nothing where the connection was closed instead.</returns>
    private static async Task<string> AskAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"u8.ToArray());
            var buffer = new byte[4096];
            var count = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
