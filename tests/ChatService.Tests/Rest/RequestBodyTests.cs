using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatService.Rest;

namespace ChatService.Tests;

public class RequestBodyTests(Facade facade) : IClassFixture<Facade>
{
    private const string Conversations = "/conversations";

    [Theory]
    [InlineData("", null)]
    [InlineData("{", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("7", null)]
    [InlineData("{} {}", null)]
    [InlineData("{'title':1}", null)]
    [InlineData("{}", "user_id")]
    [InlineData("""{"user_id":null}""", "user_id")]
    [InlineData("""{"user_id":0}""", "user_id")]
    [InlineData("""{"user_id":true}""", "user_id")]
    [InlineData("""{"user_id":"seven"}""", "user_id")]
    [InlineData("""{"user_id":1.5}""", "user_id")]
    [InlineData("""{"user_id":[1]}""", "user_id")]
    [InlineData("""{"user_id":1,"title":5}""", "title")]
    [InlineData("""{"user_id":1,"title":"a\u0000b"}""", "title")]
    [InlineData("""{"user_id":1,"title":"\ud800"}""", "title")]
    [InlineData("""{"user_id":1,"title":"\udc00\ud800"}""", "title")]
    public async Task What_cannot_be_read_is_refused_and_named(string body, string? field)
    {
        facade.Answer(Created);
        var response = await facade.Client.PostAsync(Conversations, Json(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("BAD_USER_INPUT", problem.GetProperty("code").GetString());
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
    }

    [Theory]
    [InlineData("{}", "username")]
    [InlineData("""{"username":"ada"}""", "password")]
    [InlineData("""{"username":"ada","password":null}""", "password")]
    public async Task What_is_needed_is_named(string body, string field)
    {
        var response = await facade.Client.PostAsync("/users", Json(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("""{"user_id":1}""")]
    [InlineData("""{"user_id":"1"}""")]
    [InlineData("""{"user_id":2,"user_id":1}""")]
    [InlineData("""{"user_id":1,"title":null}""")]
    [InlineData("""{"user_id":1,"id":{"not":[true]},"owner":"\ud800"}""")]
    public async Task What_is_more_than_asked_for_is_ignored(string body)
    {
        facade.Answer(Created);
        var response = await facade.Client.PostAsync(Conversations, Json(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/conversations/9", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        facade.Answer(Created);
        byte[] body = [.. """{"user_id":1,"title":"a"""u8, 0xC3, 0x28, .. "\"}"u8];
        var response = await facade.Client.PostAsync(Conversations, Json(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(64, HttpStatusCode.Created)]
    [InlineData(65, HttpStatusCode.BadRequest)]
    [InlineData(100_000, HttpStatusCode.BadRequest)]
    public async Task Depth_is_bounded(int depth, HttpStatusCode status)
    {
        facade.Answer(Created);
        var body = $$"""{"user_id":1,"more":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";
        var response = await facade.Client.PostAsync(Conversations, Json(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mebibyte_is_read_and_one_byte_more_is_not(bool chunked)
    {
        facade.Answer(Created);
        foreach (var (size, status) in new[] { (1 << 20, HttpStatusCode.Created), ((1 << 20) + 1, HttpStatusCode.RequestEntityTooLarge) })
        {
            var body = Encoding.UTF8.GetBytes("""{"user_id":1}""".PadRight(size));
            var request = new HttpRequestMessage(HttpMethod.Post, Conversations) { Content = Json(body) };
            request.Headers.TransferEncodingChunked = chunked;
            if (chunked)
                request.Content.Headers.ContentLength = null;
            Assert.Equal(status, (await facade.Client.SendAsync(request)).StatusCode);
        }
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.Created)]
    [InlineData("Application/JSON; charset=UTF-8", HttpStatusCode.Created)]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.Created)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/problem+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain; application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("nonsense", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task The_body_is_plain_JSON(string? contentType, HttpStatusCode status)
    {
        facade.Answer(Created);
        var content = Json("""{"user_id":1}"""u8.ToArray());
        content.Headers.ContentType = null;
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        Assert.Equal(status, (await facade.Client.PostAsync(Conversations, content)).StatusCode);
    }

    [Theory]
    [InlineData("identity", HttpStatusCode.Created)]
    [InlineData("gzip", HttpStatusCode.UnsupportedMediaType)]
    public async Task The_body_is_not_encoded_further(string encoding, HttpStatusCode status)
    {
        facade.Answer(Created);
        var content = Json("""{"user_id":1}"""u8.ToArray());
        content.Headers.ContentEncoding.Add(encoding);
        Assert.Equal(status, (await facade.Client.PostAsync(Conversations, content)).StatusCode);
    }

    [Theory]
    [InlineData("order-1", HttpStatusCode.Created)]
    [InlineData("two words", HttpStatusCode.BadRequest)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    [InlineData(255, HttpStatusCode.Created)]
    public async Task An_idempotency_key_is_visible_ASCII_and_a_replay_is_told(object key, HttpStatusCode status)
    {
        Operation? seen = null;
        facade.Answer(operation =>
        {
            seen = operation;
            return Created(operation);
        });
        var request = new HttpRequestMessage(HttpMethod.Post, Conversations) { Content = Json("""{"user_id":1}"""u8.ToArray()) };
        var value = key as string ?? new string('k', (int)key);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", value);
        var response = await facade.Client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        if (status != HttpStatusCode.Created)
            return;
        Assert.Equal(value, ((IReadOnlyDictionary<string, object?>)seen!.Variables["input"]!)["idempotencyKey"]);
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("Idempotent-Replayed")));
    }

    private static OperationAnswer Created(Operation operation) => Facade.Data(
        operation.Name == "GetUser"
            ? """{"me":{"databaseId":1,"username":"ada"}}"""
            : """{"createConversation":{"conversation":{"databaseId":9,"title":"","owner":{"databaseId":1}},"replayed":true,"errors":[]}}""");

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
