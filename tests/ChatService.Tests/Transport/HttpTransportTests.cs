using System.Net;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

public sealed class HttpTransportTests : IAsyncLifetime
{
    private const string GraphQL = "application/graphql-response+json";

    private TransportHost _host = null!;

    public async Task InitializeAsync() => _host = await TransportHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData(GraphQL, GraphQL)]
    [InlineData(GraphQL + ", application/json;q=0.9", GraphQL)]
    [InlineData("application/json;q=0.5, " + GraphQL, GraphQL)]
    [InlineData("application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed", GraphQL)]
    [InlineData("nonsense;;;,,", "application/json")]
    public async Task Answers_in_the_type_that_the_client_prefers(string? accept, string type)
    {
        using var response = await _host.PostAsync("""{"query":"{hello}"}""", accept);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"{type}; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("""{"data":{"hello":"hello world"}}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"query":"{"}""", "GRAPHQL_PARSE_FAILED")]
    [InlineData("""{"query":"{nothing}"}""", "GRAPHQL_VALIDATION_FAILED")]
    [InlineData("""{"query":"query($n:Int!){item(number:$n){number}}"}""", "BAD_USER_INPUT")]
    [InlineData("""{"query":"query($n:Int!){item(number:$n){number}}","variables":{"n":"x"}}""", "BAD_USER_INPUT")]
    [InlineData("""{"query":"query($s:String){hello(name:$s)}","variables":{"s":"\u0000"}}""", "BAD_USER_INPUT")]
    [InlineData("""{"query":"{hello(name:\"\\u0000\")}"}""", "BAD_USER_INPUT")]
    [InlineData("""{"query":"{hello(name:\"\\ud83d\")}"}""", "BAD_USER_INPUT")]
    [InlineData("""{"query":"{hello}","operationName":"Other"}""", "BAD_USER_INPUT")]
    [InlineData("""{"query":"query A{hello} query B{hello}"}""", "BAD_USER_INPUT")]
    public async Task A_fault_of_the_document_is_400_or_200_by_media_type_and_never_has_data(string body, string code)
    {
        using var strict = await _host.PostAsync(body, GraphQL);
        using var lenient = await _host.PostAsync(body, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, strict.StatusCode);
        Assert.Equal(HttpStatusCode.OK, lenient.StatusCode);
        foreach (var answer in new[] { await strict.ReadJsonAsync(), await lenient.ReadJsonAsync() })
        {
            Assert.Equal([code], answer.Codes());
            Assert.False(answer.TryGetProperty("data", out _));
            Assert.NotEqual("", answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("requestId").GetString());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("\"{hello}\"")]
    [InlineData("""{"query":null}""")]
    [InlineData("""{"query":{}}""")]
    [InlineData("""{"query":"{hello}","variables":[]}""")]
    [InlineData("""{"query":"{hello}","variables":"{}"}""")]
    [InlineData("""{"query":"{hello}","extensions":7}""")]
    [InlineData("""{"query":"{hello}","operationName":7}""")]
    [InlineData("""{"query":"{hello}"} {}""")]
    [InlineData("""{"query":"{hello}","variables":{"a":1,"a":2}}""")]
    [InlineData("""{"query":"{hello}","variables":{"a":1e999}}""")]
    [InlineData("""{"query":"{hello}","variables":{"a":"\ud800"}}""")]
    [InlineData("""{"query":"{hello}","variables":{"\udc00":1}}""")]
    public async Task A_malformed_request_is_400_under_either_type(string body)
    {
        foreach (var accept in new[] { GraphQL, "application/json" })
        {
            using var response = await _host.PostAsync(body, accept);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var text = await response.Content.ReadAsStringAsync();
            Assert.Contains("BAD_USER_INPUT", text, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        }
    }

    /// <summary>Each becomes an object, many times as large as its JSON.</summary>
    [Theory]
    [InlineData("variables")]
    [InlineData("extensions")]
    public async Task Ten_thousand_values_are_read_and_no_more(string member)
    {
        foreach (var (values, status) in new[] { (9_999, HttpStatusCode.OK), (10_000, HttpStatusCode.BadRequest) })
        {
            var items = string.Join(',', Enumerable.Repeat("{}", values));
            using var response = await _host.PostAsync($$"""{"query":"{hello}","{{member}}":{"a":[{{items}}]} }""");
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task Batches_are_refused()
    {
        using var response = await _host.PostAsync("""[{"query":"{hello}"}]""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(["BATCHING_DISABLED"], (await response.ReadJsonAsync()).Codes());
    }

    [Fact]
    public async Task Nesting_beyond_64_and_bytes_that_are_no_text_are_400()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        using var nested = await _host.PostAsync($$$"""{"query":"{hello}","variables":{"a":{{{deep}}}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, nested.StatusCode);
        byte[] broken = [.. "{\"query\":\"{hello(name:\\\""u8, 0xFF, 0xC0, .. "\\\")}\"}"u8];
        using var bytes = await _host.PostAsync(new ByteArrayContent(broken));
        Assert.Equal(HttpStatusCode.BadRequest, bytes.StatusCode);
    }

    [Fact]
    public async Task A_byte_order_mark_does_no_harm()
    {
        using var response = await _host.PostAsync("\uFEFF{\"query\":\"{hello}\"}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain; application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=application/json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=nothing-of-the-kind")]
    [InlineData("application/graphql-response+json")]
    [InlineData("")]
    public async Task Another_content_type_is_415(string type)
    {
        using var response = await _host.PostAsync("""{"query":"{hello}"}""", type: type);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(["UNSUPPORTED_MEDIA_TYPE"], (await response.ReadJsonAsync()).Codes());
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        var body = new ByteArrayContent("""{"query":"{hello}"}"""u8.ToArray());
        body.Headers.ContentEncoding.Add("gzip");
        using var response = await _host.PostAsync(body);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_413_with_and_without_its_length()
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"query":"{hello}","variables":{"a":"{{{new string('x', 1_100_000)}}}"}}""");
        using var known = await _host.PostAsync(new ByteArrayContent(body));
        using var chunked = await _host.PostAsync(new StreamContent(new UnknownLength(body)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, known.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
        Assert.Equal(["PAYLOAD_TOO_LARGE"], (await known.ReadJsonAsync()).Codes());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("image/png, application/xml;q=0.9")]
    [InlineData("application/json;q=0")]
    public async Task A_client_that_takes_no_json_gets_406(string accept)
    {
        using var response = await _host.PostAsync("""{"query":"{hello}"}""", accept);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal(["NOT_ACCEPTABLE"], (await response.ReadJsonAsync()).Codes());
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Another_method_is_405(string method)
    {
        using var response = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), _host.Url));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Get_runs_queries_with_variables()
    {
        using var response = await GetAsync("query A($s:String!){hello(name:$s)} mutation B{add(amount:1)}", "A", """{"s":"été"}""");
        Assert.Equal("""{"data":{"hello":"hello été"}}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_never_executes_a_mutation_which_operationName_decides()
    {
        using var response = await GetAsync("query A{hello} mutation B{add(amount:1)}", "B");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
        Assert.Equal(0, _host.Probe.Mutations);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?query={hello}&query={hello}")]
    [InlineData("?query={hello}&variables=[]")]
    [InlineData("?query={hello}&variables=%7B")]
    [InlineData("?query={hello}&extensions=7")]
    [InlineData("?query=%ED%A0%80")]
    public async Task A_malformed_get_is_400(string query)
    {
        using var response = await _host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, _host.Url + query) { Headers = { { "Accept", GraphQL } } });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_subscription_in_plain_json_is_refused_and_opens_nothing()
    {
        using var response = await _host.PostAsync("""{"query":"subscription{ticks(times:0){number}}"}""");
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal(0, _host.Probe.Open);
    }

    [Theory]
    [InlineData("Bearer nobody")]
    [InlineData("Bearer ")]
    [InlineData("bearer")]
    [InlineData("Basic YWRhOmFkYQ==")]
    [InlineData("Bearer \u00e9\u00e9")]
    [InlineData("Bearer ada, Bearer ada")]
    public async Task A_bad_token_is_401_and_never_anonymous(string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _host.Url + "?query={hello}");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(["UNAUTHENTICATED"], (await response.ReadJsonAsync()).Codes());
    }

    [Fact]
    public async Task The_token_says_who_asks()
    {
        Assert.Equal(2, (await _host.QueryAsync("{ needed }", token: "grace")).GetProperty("data").GetProperty("needed").GetInt32());
        Assert.Equal(["UNAUTHENTICATED"], (await _host.QueryAsync("{ needed }")).Codes());
    }

    [Fact]
    public async Task Errors_of_fields_come_with_200_masked_and_with_what_is_left()
    {
        using var response = await _host.PostAsync("""{"query":"{broken hello}"}""", GraphQL);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"data\":{\"broken\":null,\"hello\":\"hello world\"}", text, StringComparison.Ordinal);
        Assert.Contains("INTERNAL", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_json_cannot_say_is_an_error_of_its_field_and_the_rest_stays_valid()
    {
        using var response = await _host.PostAsync("""{"query":"{item{infiniteOrNot} half}"}""");
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await response.Content.ReadAsByteArrayAsync());
        var answer = JsonDocument.Parse(text).RootElement;
        var data = answer.GetProperty("data");
        Assert.Equal("half \ufffd of a pair", data.GetProperty("half").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("item").GetProperty("infiniteOrNot").ValueKind);
        Assert.Equal(["INTERNAL"], answer.Codes());
    }

    [Fact]
    public async Task An_operation_has_its_time_unless_waiting_is_its_purpose()
    {
        await using var host = await TransportHost.StartAsync(("Transport:OperationTimeout", "00:00:00.2"));
        using var slow = await host.PostAsync("""{"query":"{forever}"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, slow.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), slow.Headers.RetryAfter?.Delta);
        Assert.Equal(["OVERLOADED"], (await slow.ReadJsonAsync()).Codes());
        var whole = await host.QueryAsync("mutation { complete }");
        Assert.Equal("whole", whole.GetProperty("data").GetProperty("complete").GetString());
    }

    [Fact]
    public async Task Root_fields_of_a_mutation_run_in_order()
    {
        var answer = await _host.QueryAsync("mutation { add(amount: 1) complete b: add(amount: 10) }");
        Assert.Equal("""{"add":1,"complete":"whole","b":11}""", answer.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Fields_from_several_places_and_conditions_are_merged_for_each_call()
    {
        const string query = """
            query($more: Boolean!, $n: Int!) { item(number: $n) { number ...F } item(number: $n) { name @include(if: $more) } }
            fragment F on Item { number self { number } self { name } }
            """;
        var more = await _host.QueryAsync(query, new { more = true, n = 4 });
        var less = await _host.QueryAsync(query, new { more = false, n = 5 });
        Assert.Equal("""{"item":{"number":4,"self":{"number":4,"name":"item 4"},"name":"item 4"}}""", more.GetProperty("data").GetRawText());
        Assert.Equal("""{"item":{"number":5,"self":{"number":5,"name":"item 5"}}}""", less.GetProperty("data").GetRawText());
    }

    private Task<HttpResponseMessage> GetAsync(string query, string? operationName = null, string variables = "null")
        => _host.Client.GetAsync($"{_host.Url}?query={Uri.EscapeDataString(query)}&operationName={operationName}&variables={Uri.EscapeDataString(variables)}");

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
