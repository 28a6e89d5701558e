using System.Net;
using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>More at once than can be served is refused early, and what is let in is served.</summary>
public sealed class OverloadTests
{
    private static readonly Caller _elsewhere = new(null, null, "elsewhere");
    private const string Forever = """{"query":"{ forever }"}""";
    private const string Hello = """{"query":"{ hello }"}""";

    [Fact]
    public async Task Those_who_find_no_place_are_told_so_at_once_and_later_all_is_as_before()
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:OperationsAtOnce", "2"), ("Limits:OperationsWaiting", "1"), ("Limits:OperationPatience", "00:01:00"), ("Transport:OperationTimeout", "00:02:00"));
        using var leaving = new CancellationTokenSource();
        var held = new[] { host.AbandonAsync(Forever, leaving.Token), host.AbandonAsync(Forever, leaving.Token), host.AbandonAsync(Forever, leaving.Token) };
        // Until all three are in, a fourth would find a place.
        var gate = host.Services.GetRequiredService<OperationGate>();
        await Eventually.HoldsAsync(() => Task.FromResult(gate.IsFull));
        using var refused = await host.PostAsync(Hello);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(["OVERLOADED"], (await refused.ReadJsonAsync()).Codes());

        // What waits by its nature is not counted: it would keep the places for minutes.
        using var complete = await host.PostAsync("""{"query":"mutation { complete }"}""");
        Assert.Equal("whole", (await complete.ReadJsonAsync()).GetProperty("data").GetProperty("complete").GetString());
        using var client = await SocketClient.OpenAsync(host);
        await client.SubscribeAsync("1", "{ hello }");
        var error = Assert.Single(await client.ReceiveUntilAsync("error", "1"));
        Assert.Equal("OVERLOADED", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());

        await leaving.CancelAsync();
        await Task.WhenAll(held);
        await Eventually.GetAsync(() => host.PostAsync(Hello), answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_caller_takes_no_more_than_a_share()
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:OperationsAtOnce", "3"), ("Limits:OperationsAtOncePerCaller", "2"), ("Limits:OperationsWaitingPerCaller", "0"), ("Transport:OperationTimeout", "00:02:00"));
        var gate = host.Services.GetRequiredService<OperationGate>();
        var ada = new Caller(1, null, "elsewhere");
        using (await gate.EnterAsync(ada, CancellationToken.None))
        using (await gate.EnterAsync(ada, CancellationToken.None))
        {
            using var refused = await host.PostAsync(Hello, token: "ada");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(["OVERLOADED"], (await refused.ReadJsonAsync()).Codes());
            using var other = await host.PostAsync(Hello, token: "grace");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }

        using var later = await host.PostAsync(Hello, token: "ada");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Who_waits_for_their_own_share_keeps_nobody_out()
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:OperationsAtOnce", "2"), ("Limits:OperationsWaiting", "1"), ("Limits:OperationsAtOncePerCaller", "1"), ("Limits:OperationsWaitingPerCaller", "2"), ("Limits:OperationPatience", "00:01:00"));
        var gate = host.Services.GetRequiredService<OperationGate>();
        var ada = new Caller(1, null, "elsewhere");
        var working = await gate.EnterAsync(ada, CancellationToken.None);
        var waiting = new[] { gate.EnterAsync(ada, CancellationToken.None).AsTask(), gate.EnterAsync(ada, CancellationToken.None).AsTask() };

        Assert.False(gate.IsFull);
        Assert.Null(await gate.EnterAsync(ada, CancellationToken.None));
        using var other = await host.PostAsync(Hello, token: "grace");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        working!.Dispose();
        foreach (var turn in waiting) (await turn)!.Dispose();
    }

    [Fact]
    public async Task Whoever_has_waited_long_enough_is_told_so()
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:OperationsAtOnce", "1"), ("Limits:OperationPatience", "00:00:00.05"), ("Transport:OperationTimeout", "00:02:00"));
        using (await host.Services.GetRequiredService<OperationGate>().EnterAsync(_elsewhere, CancellationToken.None))
        {
            using var refused = await host.PostAsync(Hello);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(["OVERLOADED"], (await refused.ReadJsonAsync()).Codes());
        }

        await Eventually.GetAsync(() => host.PostAsync(Hello), answer => answer.StatusCode == HttpStatusCode.OK);
    }
}
