using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using ChatService.GraphQL;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>What outlives its request: event streams, slow readers, sessions that end, and a process that stops.</summary>
public sealed class StreamTests
{
    private const string Events = "text/event-stream";
    private const string Silent = """{"query":"subscription{ticks(times:0){number}}"}""";
    private const string Flood = "subscription { ticks(times: 1000000, size: 10000) { number text } }";

    [Theory]
    [InlineData("""{"query":"subscription{ticks(times:2){number}}"}""", """{"data":{"ticks":{"number":0}}}""", """{"data":{"ticks":{"number":1}}}""")]
    [InlineData("""{"query":"{hello}"}""", """{"data":{"hello":"hello world"}}""")]
    [InlineData("""{"query":"mutation{add(amount:3)}"}""", """{"data":{"add":3}}""")]
    public async Task An_event_stream_has_a_next_for_each_result_and_a_complete(string body, params string[] results)
    {
        await using var host = await TransportHost.StartAsync();
        using var response = await host.PostAsync(body, Events);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Events, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
        var events = await ReadAsync(response);
        Assert.Equal([.. results.Select(r => ("next", r)), ("complete", "")], events);
    }

    [Fact]
    public async Task A_document_that_is_refused_is_a_stream_of_one_result()
    {
        await using var host = await TransportHost.StartAsync();
        using var response = await host.PostAsync("""{"query":"{nothing}"}""", Events);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = await ReadAsync(response);
        Assert.Equal(["next", "complete"], events.Select(e => e.Type));
        Assert.Contains("GRAPHQL_VALIDATION_FAILED", events[0].Data, StringComparison.Ordinal);
        Assert.DoesNotContain("\"data\"", events[0].Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_streams_subscriptions_but_no_mutations()
    {
        await using var host = await TransportHost.StartAsync();
        host.Client.DefaultRequestHeaders.Add("Accept", Events);
        using var stream = await host.Client.GetAsync(host.Url + "?query=subscription{ticks{number}}");
        Assert.Equal(4, (await ReadAsync(stream)).Count);
        using var mutation = await host.Client.GetAsync(host.Url + "?query=mutation{add(amount:1)}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, mutation.StatusCode);
        Assert.Equal(0, host.Probe.Mutations);
    }

    [Fact]
    public async Task The_headers_come_at_once_comments_follow_and_leaving_ends_the_source()
    {
        await using var host = await TransportHost.StartAsync(("Transport:KeepAlive", "00:00:00.1"));
        var response = await host.PostAsync(Silent, Events);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var comment = new byte[6];
        await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(comment);
        Assert.Equal(":\n\n:\n\n"u8.ToArray(), comment);
        await host.Probe.UntilAsync(p => p.Open == 1);
        response.Dispose();
        await host.Probe.UntilAsync(p => p.Open == 0);
    }

    [Fact]
    public async Task A_reader_that_stalls_costs_no_memory_and_is_closed_1013()
    {
        await using var host = await TransportHost.StartAsync(("Transport:WriteTimeout", "00:00:00.3"), ("Transport:CloseTimeout", "00:01:00"));
        using var client = await SocketClient.OpenAsync(host);
        await client.SubscribeAsync("1", Flood);
        await host.Probe.UntilAsync(p => p.Taken > 0 && p.Open == 0);
        // What fits into the buffers of two kernels and of Kestrel, and one result in hand.
        Assert.InRange(host.Probe.Taken, 1, 5_000);
        Assert.Equal(1013, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task An_event_stream_whose_reader_stalls_just_ends()
    {
        await using var host = await TransportHost.StartAsync(("Transport:WriteTimeout", "00:00:00.3"));
        using var response = await host.PostAsync($$"""{"query":"{{Flood}}"}""", Events);
        await host.Probe.UntilAsync(p => p.Taken > 0 && p.Open == 0);
        Assert.InRange(host.Probe.Taken, 1, 5_000);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Streams_end_soon_after_their_session()
    {
        await using var host = await TransportHost.StartAsync(("Transport:SessionCheck", "00:00:00.1"));
        using var idle = await SocketClient.OpenAsync(host, "ada");
        using var client = await SocketClient.OpenAsync(host, "ada");
        using var other = await SocketClient.OpenAsync(host, "grace");
        await client.SubscribeAsync("1", "subscription { ticks(times: 0) { number } }");
        await other.SubscribeAsync("1", "subscription { ticks(times: 0) { number } }");
        using var events = await host.PostAsync(Silent, Events, "ada");
        await host.Probe.UntilAsync(p => p.Open == 3);

        host.Sessions.TryRemove("ada", out _);

        Assert.Equal(4403, await client.ReceiveCloseAsync());
        Assert.Equal(4403, await idle.ReceiveCloseAsync());
        Assert.Empty(await ReadAsync(events));
        await host.Probe.UntilAsync(p => p.Open == 1);
        await other.SubscribeAsync("2", "{ needed }");
        Assert.Equal(2, (await other.ReceiveUntilAsync("complete", "2")).Count);
    }

    [Fact]
    public async Task An_operation_after_its_session_ended_closes_4403_without_waiting_for_the_sweep()
    {
        await using var host = await TransportHost.StartAsync();
        using var client = await SocketClient.OpenAsync(host, "ada");
        host.Sessions.TryRemove("ada", out _);
        await client.SubscribeAsync("1", "{ needed }");
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(4403, client.CloseCode);
    }

    [Fact]
    public async Task Each_user_has_so_many_streams_and_gets_the_place_back()
    {
        await using var host = await TransportHost.StartAsync(("Limits:StreamsPerUser", "1"));
        using var first = await SocketClient.OpenAsync(host, "ada");
        await first.SubscribeAsync("1", "subscription { ticks(times: 0) { number } }");
        await host.Probe.UntilAsync(p => p.Open == 1);
        await first.SubscribeAsync("2", "subscription { ticks { number } }");
        var error = Assert.Single(await first.ReceiveUntilAsync("error", "2"));
        Assert.Equal("TOO_MANY_STREAMS", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
        using var refused = await host.PostAsync(Silent, Events, "ada");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        using var other = await host.PostAsync("""{"query":"subscription{ticks{number}}"}""", Events, "grace");
        Assert.Equal(4, (await ReadAsync(other)).Count);

        first.Drop();
        await host.Probe.UntilAsync(p => p.Open == 0);
        await OpenAgainAsync(host);
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_headers_gives_the_place_back()
    {
        await using var host = await TransportHost.StartAsync(("Limits:StreamsPerUser", "1"));
        using var gone = new CancellationTokenSource();
        var http = new DefaultHttpContext { RequestServices = host.Services, RequestAborted = gone.Token };
        http.Features.Set<IHttpResponseBodyFeature>(new LeftAtTheHeaders(gone));
        (http.Request.Method, http.Request.ContentType) = ("POST", "application/json");
        (http.Request.Headers.Accept, http.Request.Headers.Authorization) = (Events, "Bearer ada");
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Silent));

        await host.Services.GetRequiredService<HttpTransport>().HandleAsync(http);

        Assert.True(gone.IsCancellationRequested);
        Assert.True(host.Services.GetRequiredService<OpenStreams>().HasRoom(new Caller(1, null, "elsewhere")));
    }

    [Fact]
    public async Task Stopping_lets_streams_finish_refuses_new_work_and_closes_1001()
    {
        await using var host = await TransportHost.StartAsync(("Transport:DrainTime", "00:00:04"));
        using var idle = await SocketClient.OpenAsync(host);
        using var busy = await SocketClient.OpenAsync(host);
        await busy.SubscribeAsync("1", "subscription { ticks(times: 0) { number } }");
        using var events = await host.PostAsync(Silent, Events);
        await host.Probe.UntilAsync(p => p.Open == 2);

        var stopped = host.StopAsync();
        Assert.Equal(1001, await idle.ReceiveCloseAsync());
        await busy.SubscribeAsync("2", "{ hello }");
        var error = Assert.Single(await busy.ReceiveUntilAsync("error", "2"));
        Assert.Equal("SHUTTING_DOWN", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());
        Assert.Equal(1001, await busy.ReceiveCloseAsync());
        Assert.Empty(await ReadAsync(events));
        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, host.Probe.Open);
    }

    [Fact]
    public async Task Another_surface_runs_operations_in_process_as_plain_values()
    {
        await using var host = await TransportHost.StartAsync();
        var inside = host.Services.GetRequiredService<InProcess>();
        var caller = new Caller(7, null, "inside");
        var variables = new Dictionary<string, object?> { ["n"] = 2 };

        var query = await inside.RunAsync(caller, "query($n: Int!) { needed item(number: $n) { name } }", null, variables, CancellationToken.None);
        Assert.Equal(7, query.Result!.Data!["needed"]);
        Assert.Equal("item 2", ((IReadOnlyDictionary<string, object?>)query.Result.Data["item"]!)["name"]);

        var refused = await inside.RunAsync(caller, "{ nothing }", null, variables, CancellationToken.None);
        Assert.Equal((400, "GRAPHQL_VALIDATION_FAILED"), (refused.Status, refused.Result!.Errors[0].Code));

        var stream = await inside.RunAsync(caller, "subscription { ticks { number } }", null, variables, CancellationToken.None);
        var numbers = new List<object?>();
        await foreach (var result in stream.Stream!)
            numbers.Add(((IReadOnlyDictionary<string, object?>)result.Data!["ticks"]!)["number"]);
        Assert.Equal([0, 1, 2], numbers);
    }

    private static async Task OpenAgainAsync(TransportHost host)
    {
        // The place is given back a moment after the source is put away.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var streams = host.Services.GetRequiredService<OpenStreams>();
        StreamLease? lease;
        while ((lease = streams.TryOpen(new Caller(1, null, "elsewhere"))) is null)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        lease.Dispose();
    }

    private static async Task<List<(string Type, string Data)>> ReadAsync(HttpResponseMessage response)
    {
        var events = new List<(string, string)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add((item.EventType, item.Data));
        return events;
    }

    private sealed class LeftAtTheHeaders(CancellationTokenSource gone) : StreamResponseBodyFeature(Stream.Null), IHttpResponseBodyFeature
    {
        Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken)
        {
            gone.Cancel();
            throw new OperationCanceledException(gone.Token);
        }
    }
}
