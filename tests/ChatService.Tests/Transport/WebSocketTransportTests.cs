using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace ChatService.Tests;

public sealed class WebSocketTransportTests : IAsyncLifetime
{
    private const string Silent = "subscription { ticks(times: 0) { number } }";

    private TransportHost _host = null!;

    public async Task InitializeAsync() => _host = await TransportHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_subscription_gives_its_items_and_completes()
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SubscribeAsync("1", "subscription { ticks { number } }");
        var messages = await client.ReceiveUntilAsync("complete", "1");
        Assert.Equal(
            ["""{"data":{"ticks":{"number":0}}}""", """{"data":{"ticks":{"number":1}}}""", """{"data":{"ticks":{"number":2}}}"""],
            messages.SkipLast(1).Select(m => m.GetProperty("payload").GetRawText()));
        await _host.Probe.UntilAsync(p => p.Open == 0);
    }

    [Fact]
    public async Task Queries_and_mutations_run_too_and_a_resolvers_error_is_a_result()
    {
        using var client = await SocketClient.OpenAsync(_host, "ada");
        await client.SubscribeAsync("m", "mutation { add(amount: 2) }");
        Assert.Equal("""{"data":{"add":2}}""", Payload((await client.ReceiveUntilAsync("complete", "m"))[0]));
        await client.SubscribeAsync("q", "{ needed broken }");
        var result = (await client.ReceiveUntilAsync("complete", "q"))[0];
        Assert.Equal("next", result.GetProperty("type").GetString());
        Assert.Equal("""{"needed":1,"broken":null}""", result.GetProperty("payload").GetProperty("data").GetRawText());
        await client.SubscribeAsync("s", "subscription { refused { number } }");
        Assert.Equal(["NOT_FOUND"], (await client.ReceiveUntilAsync("complete", "s"))[0].GetProperty("payload").Codes());
    }

    [Theory]
    [InlineData("{", "GRAPHQL_PARSE_FAILED")]
    [InlineData("{ nothing }", "GRAPHQL_VALIDATION_FAILED")]
    [InlineData("query A { hello } query B { hello }", "BAD_USER_INPUT")]
    public async Task A_document_that_is_refused_gives_one_error_and_frees_its_id(string query, string code)
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SubscribeAsync("1", query);
        var error = Assert.Single(await client.ReceiveUntilAsync("error", "1"));
        Assert.Equal(code, error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
        await client.SubscribeAsync("1", "{ hello }");
        Assert.Equal("""{"data":{"hello":"hello world"}}""", Payload((await client.ReceiveUntilAsync("complete", "1"))[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"start","id":"1"}""")]
    [InlineData("""{"type":"ping","payload":[]}""")]
    [InlineData("""{"type":"complete"}""")]
    [InlineData("""{"type":"subscribe","payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"subscribe","id":1,"payload":{"query":"{hello}"}}""")]
    [InlineData("""{"type":"subscribe","id":"1"}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":[]}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":7}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[]}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{hello}","extensions":"x"}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{hello}","operationName":7}}""")]
    [InlineData("""{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":{"a":"\ud800"}}}""")]
    public async Task What_is_no_message_closes_4400(string message)
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SendAsync(message);
        Assert.Equal(4400, await client.ReceiveCloseAsync());
        Assert.NotEmpty(client.CloseReason!);
    }

    [Fact]
    public async Task A_binary_message_closes_4400()
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SendAsync("""{"type":"ping"}""", WebSocketMessageType.Binary);
        Assert.Equal(4400, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Subscribing_before_the_acknowledgement_closes_4401()
    {
        using var client = await SocketClient.ConnectAsync(_host, "graphql-transport-ws");
        await client.SubscribeAsync("1", "{ hello }");
        Assert.Equal(4401, await client.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData("""{"Authorization":"Bearer nobody"}""")]
    [InlineData("""{"authorization":""}""")]
    [InlineData("""{"Authorization":7}""")]
    public async Task A_bad_token_closes_4403_without_acknowledgement(string payload)
    {
        using var client = await SocketClient.ConnectAsync(_host, "graphql-transport-ws");
        await client.SendAsync($$"""{"type":"connection_init","payload":{{payload}}}""");
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(4403, client.CloseCode);
    }

    [Fact]
    public async Task A_second_initialisation_closes_4429()
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SendAsync("""{"type":"connection_init"}""");
        Assert.Equal(4429, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task An_id_in_use_closes_4409_with_a_reason_that_fits()
    {
        using var client = await SocketClient.OpenAsync(_host);
        var id = new string('é', 100);
        await client.SubscribeAsync(id, Silent);
        await client.SubscribeAsync(id, "{ hello }");
        Assert.Equal(4409, await client.ReceiveCloseAsync());
        Assert.StartsWith("Subscriber for é", client.CloseReason, StringComparison.Ordinal);
        await _host.Probe.UntilAsync(p => p.Open == 0);
    }

    [Theory]
    [InlineData("graphql-ws")]
    [InlineData()]
    public async Task Without_the_subprotocol_no_other_is_echoed(params string[] protocols)
    {
        using var client = await SocketClient.ConnectAsync(_host, protocols);
        Assert.Null(client.SubProtocol);
        Assert.Equal(4406, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task The_subprotocol_is_found_wherever_it_stands()
    {
        using var client = await SocketClient.ConnectAsync(_host, "graphql-ws", "graphql-transport-ws");
        Assert.Equal("graphql-transport-ws", client.SubProtocol);
    }

    [Fact]
    public async Task Who_does_not_initialise_is_closed_4408_however_often_they_ping()
    {
        await using var host = await TransportHost.StartAsync(("Transport:InitTimeout", "00:00:03"));
        using var client = await SocketClient.ConnectAsync(host, "graphql-transport-ws");
        await client.SendAsync("""{"type":"ping","payload":{"a":"é"}}""");
        var pong = await client.ReceiveAsync();
        Assert.Equal("""{"type":"pong","payload":{"a":"é"}}""", pong!.Value.GetRawText());
        using var patient = await SocketClient.OpenAsync(host);
        Assert.Equal(4408, await client.ReceiveCloseAsync());
        await patient.SubscribeAsync("1", "{ hello }");
        Assert.Equal(2, (await patient.ReceiveUntilAsync("complete", "1")).Count);
    }

    [Fact]
    public async Task Pongs_and_completes_that_nobody_asked_for_are_ignored()
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SendAsync("""{"type":"pong"}""");
        await client.SendAsync("""{"type":"complete","id":"unknown"}""");
        await client.SubscribeAsync("1", "{ hello }");
        Assert.Equal(2, (await client.ReceiveUntilAsync("complete", "1")).Count);
    }

    [Fact]
    public async Task Frames_are_joined_before_they_are_read()
    {
        using var client = await SocketClient.OpenAsync(_host);
        var name = string.Concat(Enumerable.Repeat("é", 50_000));
        var message = JsonSerializer.Serialize(new
        {
            id = "1",
            type = "subscribe",
            payload = new { query = "query($n: String!) { hello(name: $n) }", variables = new { n = name } },
        });
        await client.SendAsync(message[..7], isEnd: false);
        await client.SendAsync(message[7..1_000], isEnd: false);
        await client.SendAsync(message[1_000..]);
        var result = (await client.ReceiveUntilAsync("complete", "1"))[0];
        Assert.Equal($"hello {name}", result.GetProperty("payload").GetProperty("data").GetProperty("hello").GetString());
    }

    [Fact]
    public async Task Twenty_megabytes_close_1009_and_harm_nobody_else()
    {
        using var other = await SocketClient.OpenAsync(_host);
        using var client = await SocketClient.OpenAsync(_host);
        await client.SendAsync(new string('x', 20_000_000));
        Assert.Equal(1009, await client.ReceiveCloseAsync());
        await other.SubscribeAsync("1", "{ hello }");
        Assert.Equal(2, (await other.ReceiveUntilAsync("complete", "1")).Count);
    }

    [Fact]
    public async Task The_clients_complete_ends_the_source_and_frees_the_id()
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SubscribeAsync("1", Silent);
        await _host.Probe.UntilAsync(p => p.Open == 1);
        await client.SendAsync("""{"type":"complete","id":"1"}""");
        await client.SubscribeAsync("1", "{ hello }");
        Assert.Equal("""{"data":{"hello":"hello world"}}""", Payload((await client.ReceiveUntilAsync("complete", "1"))[0]));
        await _host.Probe.UntilAsync(p => p.Open == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_and_dropping_the_line_end_every_source(bool politely)
    {
        using var client = await SocketClient.OpenAsync(_host);
        await client.SubscribeAsync("1", Silent);
        await client.SubscribeAsync("2", Silent);
        await _host.Probe.UntilAsync(p => p.Open == 2);
        if (politely)
            await client.CloseAsync();
        else
            client.Drop();
        await _host.Probe.UntilAsync(p => p.Open == 0);
    }

    [Fact]
    public async Task A_hundred_operations_run_at_once_and_one_more_is_an_error()
    {
        await using var host = await TransportHost.StartAsync(("Limits:Enabled", "false"));
        using var client = await SocketClient.OpenAsync(host);
        for (var i = 0; i < 100; i++)
            await client.SubscribeAsync($"{i}", Silent);
        await host.Probe.UntilAsync(p => p.Open == 100);
        await client.SubscribeAsync("more", "{ hello }");
        var error = Assert.Single(await client.ReceiveUntilAsync("error", "more"));
        Assert.Equal("TOO_MANY_STREAMS", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_bad_token_in_the_handshake_is_401()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _host.Url)
        {
            Headers =
            {
                { "Connection", "Upgrade" },
                { "Upgrade", "websocket" },
                { "Sec-WebSocket-Version", "13" },
                { "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==" },
                { "Sec-WebSocket-Protocol", "graphql-transport-ws" },
                { "Authorization", "Bearer nobody" },
            },
        };
        using var response = await _host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static string Payload(JsonElement message) => message.GetProperty("payload").GetRawText();
}
