namespace ChatService.Tests;

/// <summary>Messages whose JSON is whole, and whose text is not.</summary>
public sealed class SocketMessageTests : IAsyncLifetime
{
    private TransportHost _host = null!;

    public async Task InitializeAsync() => _host = await TransportHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("""{"type":"connection_init","payload":{"Authorization":"\ud800"}}""")]
    [InlineData("""{"type":"connection_init","payload":{"\udc00":"Bearer ada"}}""")]
    [InlineData("""{"type":"connection_init","payload":{"a":[{"b":"\ud800\ud800"}],"Authorization":"Bearer ada"}}""")]
    [InlineData("""{"type":"ping","payload":{"a":"\ud800"}}""")]
    [InlineData("""{"type":"ping","payload":{"\ud800":1}}""")]
    [InlineData("""{"type":"ping","payload":{"a":[{"b":"\udc00"}]}}""")]
    [InlineData("""{"type":"pong","payload":{"a":"\ud83d\u0041"}}""")]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"\ud800":"ping","type":"ping"}""")]
    [InlineData("""{"type":"complete","id":"\ud800"}""")]
    [InlineData("""{"type":"subscribe","id":"\ud800","payload":{"query":"{ hello }"}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{ hello }","\ud800":1}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{ hello }","extensions":{"a":"\ud800"}}}""")]
    public async Task Half_a_surrogate_pair_closes_4400_from_anybody_and_at_once(string message)
    {
        using var client = await SocketClient.ConnectAsync(_host, "graphql-transport-ws");
        await client.SendAsync(message);
        Assert.Equal(4400, await client.ReceiveCloseAsync());
        Assert.NotEmpty(client.CloseReason!);
    }

    [Fact]
    public async Task A_pings_payload_comes_back_as_it_was()
    {
        using var client = await SocketClient.ConnectAsync(_host, "graphql-transport-ws");
        await client.SendAsync("""{"type":"ping","payload":{"a":"\ud83d\ude00","b":[1e999,{"\u00e9":null}]}}""");
        Assert.Equal("""{"type":"pong","payload":{"a":"\uD83D\uDE00","b":[1e999,{"é":null}]}}""", (await client.ReceiveAsync())!.Value.GetRawText());
    }
}
