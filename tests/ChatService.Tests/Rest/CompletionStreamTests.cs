using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ChatService.Rest;

namespace ChatService.Tests;

public class CompletionStreamTests(Facade facade) : IClassFixture<Facade>
{
    [Fact]
    public async Task Pieces_come_as_chunks_and_the_end_is_told_last()
    {
        Script([Delta("Bon"), Delta("jour,\n\"é\""), Finished("COMPLETED", "LENGTH")]);
        var response = await PostAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal(
            """
            data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":"Bon"}}]}

            data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":"jour,\n\"é\""}}]}

            data: {"choices":[{"finish_reason":"length","index":0,"delta":{"role":"assistant","content":""}}]}

            data: [DONE]


            """,
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("STOP", "stop")]
    [InlineData("LENGTH", "length")]
    [InlineData("CONTENT_FILTER", "content_filter")]
    [InlineData("OTHER", "stop")]
    public async Task Finish_reasons_are_those_of_such_clients(string inSchema, string told)
    {
        facade.Answer(Facade.Data(
            $$$"""{"complete":{"completion":{"status":"COMPLETED","finishReason":"{{{inSchema}}}","error":null,"message":{"content":"Hi"}},"replayed":true,"errors":[]}}"""));
        var response = await PostAsync(stream: false);
        Assert.Equal(
            $$$"""{"choices":[{"finish_reason":"{{{told}}}","index":0,"message":{"role":"assistant","content":"Hi"}}]}""",
            await response.Content.ReadAsStringAsync());
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("Idempotent-Replayed")));
    }

    [Theory]
    [InlineData("FAILED", "PROVIDER_TIMEOUT", 504, "PROVIDER_TIMEOUT")]
    [InlineData("FAILED", "PROVIDER_INCOMPLETE", 502, "PROVIDER_INCOMPLETE")]
    [InlineData("INTERRUPTED", null, 503, "SHUTTING_DOWN")]
    [InlineData("CANCELLED", null, 409, "COMPLETION_CANCELLED")]
    public async Task A_completion_that_fails_has_a_status_before_the_first_piece_and_an_event_after_it(
        string status, string? error, int expected, string code)
    {
        var end = Finished(status, null, error);
        Script([end]);
        var response = await PostAsync();
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());

        Script([Delta("Bon"), end]);
        var events = await EventsAsync(await PostAsync());
        Assert.Equal(2, events.Count);
        var told = JsonDocument.Parse(events[1]).RootElement.GetProperty("error");
        Assert.Equal(code, told.GetProperty("code").GetString());
        Assert.NotEmpty(told.GetProperty("message").GetString()!);
        Assert.NotEmpty(told.GetProperty("requestId").GetString()!);
    }

    [Fact]
    public async Task A_subscription_that_is_refused_keeps_its_status()
    {
        Script([Facade.Refusal("TOO_MANY_STREAMS", 429, 5)]);
        var response = await PostAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task A_stream_without_an_end_says_that_the_service_stops()
    {
        Script([Delta("Bon")]);
        var events = await EventsAsync(await PostAsync());
        Assert.Equal("SHUTTING_DOWN", JsonDocument.Parse(events[^1]).RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Silence_is_filled_with_comments()
    {
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var interval = facade.Options.PingInterval;
        facade.Options.PingInterval = TimeSpan.FromMilliseconds(5);
        Script(Slowly());
        using var response = await PostAsync();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.StartsWith("data: ", await lines.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("", await lines.ReadLineAsync());
        Assert.Equal(": ping", await lines.ReadLineAsync());
        // The facade is the whole class's.
        facade.Options.PingInterval = interval;
        Assert.Equal("", await lines.ReadLineAsync());
        second.SetResult();
        var rest = await lines.ReadToEndAsync();
        Assert.Contains("jour", rest, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);

        async IAsyncEnumerable<OperationAnswer> Slowly()
        {
            yield return Delta("Bon");
            await second.Task;
            yield return Delta("jour");
            yield return Finished("COMPLETED", "STOP");
        }
    }

    [Fact]
    public async Task Leaving_ends_the_watching()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Script(Endless());
        using (var response = await PostAsync())
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(60));

        async IAsyncEnumerable<OperationAnswer> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
        {
            try
            {
                yield return Delta("Bon");
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            }
            finally
            {
                left.SetResult();
            }
        }
    }

    private static OperationAnswer Started => Facade.Data("""{"startCompletion":{"completion":{"id":"cpl_9"},"replayed":false,"errors":[]}}""");

    private static OperationAnswer Delta(string content) =>
        Facade.Data($$"""{"completionEvents":{"content":{{JsonSerializer.Serialize(content)}} } }""");

    private static OperationAnswer Finished(string status, string? reason, string? error = null) => Facade.Data(
        $$$"""
        {"completionEvents":{"completion":{
            "status":"{{{status}}}",
            "finishReason":{{{JsonSerializer.Serialize(reason)}}},
            "error":{{{(error is null ? "null" : $$"""{"code":"{{error}}","message":"It failed."}""")}}}
        } } }
        """);

    private void Script(OperationAnswer[] events) => Script(events.ToAsyncEnumerable());

    private void Script(IAsyncEnumerable<OperationAnswer> events)
    {
        facade.Answer(Started);
        facade.Options.Watch = (_, operation, _) =>
        {
            Assert.Equal("cpl_9", operation.Variables["id"]);
            Assert.Equal(new Addressed(AddressKind.Conversation, "5"), operation.ActsFor);
            return events;
        };
    }

    private Task<HttpResponseMessage> PostAsync(bool stream = true) => facade.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/conversations/5/messages:complete") { Content = JsonContent.Create(new { stream }) },
        HttpCompletionOption.ResponseHeadersRead);

    private static async Task<List<string>> EventsAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync();
        return await SseParser.Create(body).EnumerateAsync().Select(item => item.Data).ToListAsync();
    }
}
