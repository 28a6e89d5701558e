using System.Net;

namespace ChatService.Tests;

/// <summary>More at once than can be served is refused early, and what is let in is served.</summary>
public sealed class OverloadTests
{
    private const string Forever = """{"query":"{ forever }"}""";
    private const string Hello = """{"query":"{ hello }"}""";

    [Fact]
    public async Task Those_who_find_no_place_are_told_so_at_once_and_later_all_is_as_before()
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:OperationsAtOnce", "2"), ("Limits:OperationsWaiting", "1"), ("Limits:OperationPatience", "00:00:30"), ("Transport:OperationTimeout", "00:00:03"));
        var held = new[] { host.PostAsync(Forever), host.PostAsync(Forever), host.PostAsync(Forever) };
        // Until all three are in, a fourth may find a place.
        var refused = await Eventually.GetAsync(() => host.PostAsync(Hello), answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(["OVERLOADED"], (await refused.ReadJsonAsync()).Codes());

        // What waits by its nature is not counted: it would keep the places for minutes.
        using var complete = await host.PostAsync("""{"query":"mutation { complete }"}""");
        Assert.Equal("whole", (await complete.ReadJsonAsync()).GetProperty("data").GetProperty("complete").GetString());
        using var client = await SocketClient.OpenAsync(host);
        await client.SubscribeAsync("1", "{ hello }");
        var error = Assert.Single(await client.ReceiveUntilAsync("error", "1"));
        Assert.Equal("OVERLOADED", error.GetProperty("payload")[0].GetProperty("extensions").GetProperty("code").GetString());

        foreach (var answer in await Task.WhenAll(held)) answer.Dispose();
        using var again = await host.PostAsync(Hello);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Whoever_has_waited_long_enough_is_told_so()
    {
        await using var host = await TransportHost.StartAsync(
            ("Limits:OperationsAtOnce", "1"), ("Limits:OperationPatience", "00:00:00.05"), ("Transport:OperationTimeout", "00:00:02"));
        var held = host.PostAsync(Forever);
        var refused = await Eventually.GetAsync(() => host.PostAsync(Hello), answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(["OVERLOADED"], (await refused.ReadJsonAsync()).Codes());
        using var ended = await held;
        using var again = await host.PostAsync(Hello);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }
}
