using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>Answers that are larger than what one would hold in memory for each that asks.</summary>
public sealed class LongAnswerTests
{
    private const string Events = "text/event-stream";
    private const int Aliases = 30;
    private const string Document = "query($n: String!) { a: hello(name: $n) }";

    private static readonly string _many =
        $"query($n: String!) {{ {string.Concat(Enumerable.Range(0, Aliases).Select(i => $"a{i}: hello(name: $n) "))} }}";

    private static readonly JsonSerializerOptions _asWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Arrive_whole_whichever_way_they_come()
    {
        await using var host = await TransportHost.StartAsync();
        var name = string.Concat(Enumerable.Repeat("œuf \"\\ \n🌞€ ", 5_000));
        var expected = JsonSerializer.Serialize(
            new { data = Enumerable.Range(0, Aliases).ToDictionary(i => $"a{i}", _ => $"hello {name}") }, _asWritten);
        var body = JsonSerializer.Serialize(new { query = _many, variables = new { n = name } });

        using var whole = await host.PostAsync(body);
        Assert.Equal(Parsed(expected), Parsed(await whole.Content.ReadAsStringAsync()));

        using var stream = await host.PostAsync(body, Events);
        var events = await ReadAsync(stream);
        Assert.Equal(["next", "complete"], events.Select(e => e.Type));
        Assert.Equal(Parsed(expected), Parsed(events[0].Data));

        using var client = await SocketClient.OpenAsync(host);
        await client.SubscribeAsync("1", _many, new { n = name });
        var messages = await client.ReceiveUntilAsync("complete", "1");
        Assert.Equal(2, messages.Count);
        Assert.Equal(Parsed(expected), Parsed(messages[0].GetProperty("payload").GetRawText()));
        // What follows a message of many frames is a message of its own.
        await client.SubscribeAsync("2", "{ hello }");
        Assert.Equal("""{"data":{"hello":"hello world"}}""", (await client.ReceiveUntilAsync("complete", "2"))[0].GetProperty("payload").GetRawText());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/graphql-response+json")]
    [InlineData(Events)]
    [InlineData(null)]
    public async Task Longer_than_may_be_are_refused_before_they_are_written(string? accept)
    {
        await using var host = await TransportHost.StartAsync(("Transport:MaxAnswerLength", "2000"));
        // The alias, what punctuation counts, and "hello ".
        const int most = 2_000 - 1 - 4 - 6;
        Assert.Empty((await AskAsync(host, accept, most)).Codes());
        var refused = await AskAsync(host, accept, most + 1);
        Assert.Equal(["QUERY_TOO_COMPLEX"], refused.Codes());
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("data").ValueKind);
    }

    [Fact]
    public async Task An_event_that_is_too_long_is_an_error_in_its_place()
    {
        await using var host = await TransportHost.StartAsync(("Transport:MaxAnswerLength", "2000"));
        using var client = await SocketClient.OpenAsync(host);
        await client.SubscribeAsync("1", "subscription { ticks(times: 2, size: 2000) { number text } }");
        var messages = await client.ReceiveUntilAsync("complete", "1");
        Assert.Equal(["QUERY_TOO_COMPLEX", "QUERY_TOO_COMPLEX"], messages.SkipLast(1).SelectMany(m => m.GetProperty("payload").Codes()));
    }

    [Fact]
    public async Task Wait_in_no_buffer_for_a_reader_that_stalls()
    {
        await using var host = await TransportHost.StartAsync(("Transport:WriteTimeout", "00:00:00.3"));
        // 27 megabytes: more than the buffers of two kernels hold.
        using var response = await host.PostAsync(JsonSerializer.Serialize(new { query = _many, variables = new { n = new string('€', 300_000) } }, _asWritten));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Serving == 0));
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Each piece is taken in time, but not all of them.</summary>
    [Fact]
    public async Task Wait_no_longer_in_all_for_a_reader_that_takes_a_little_at_a_time()
    {
        await using var host = await TransportHost.StartAsync(("Transport:AnswerTimeout", "00:00:01"), ("Transport:WriteTimeout", "00:01:00"));
        using var response = await host.PostAsync(JsonSerializer.Serialize(new { query = _many, variables = new { n = new string('€', 300_000) } }, _asWritten));
        await using var body = await response.Content.ReadAsStreamAsync();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var some = new byte[64 * 1024];
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await body.ReadAsync(some) > 0) await pace.WaitForNextTickAsync();
        });
        await Eventually.HoldsAsync(() => Task.FromResult(host.Serving == 0));
    }

    private static async Task<JsonElement> AskAsync(TransportHost host, string? accept, int length)
    {
        var variables = new { n = new string('x', length) };
        if (accept is null)
        {
            using var client = await SocketClient.OpenAsync(host);
            await client.SubscribeAsync("1", Document, variables);
            return (await client.ReceiveUntilAsync("complete", "1"))[0].GetProperty("payload");
        }

        using var response = await host.PostAsync(JsonSerializer.Serialize(new { query = Document, variables }), accept);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return accept == Events ? JsonElement.Parse((await ReadAsync(response))[0].Data) : await response.ReadJsonAsync();
    }

    private static async Task<List<(string Type, string Data)>> ReadAsync(HttpResponseMessage response)
    {
        var events = new List<(string, string)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add((item.EventType, item.Data));
        return events;
    }

    private static string Parsed(string json) => JsonSerializer.Serialize(JsonElement.Parse(json));
}
