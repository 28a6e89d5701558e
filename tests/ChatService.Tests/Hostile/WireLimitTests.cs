using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>How large a request may be before anybody looks what it says: one less, just so much, one more.</summary>
public sealed class WireLimitTests(SecureSqliteApp app) : IClassFixture<SecureSqliteApp>
{
    private const int Mebibyte = 1 << 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_has_a_mebibyte(bool isChunked)
    {
        using var ada = await Asker.SettleAsync(app);
        foreach (var (path, body, status) in new[]
        {
            ("/graphql", """{"query":"{ __typename }"}""", HttpStatusCode.OK),
            ($"/conversations/{Person.NumberOf(ada.Conversation)}/messages", """{"content":"words"}""", HttpStatusCode.Created),
        })
        {
            foreach (var (size, expected) in new[] { (Mebibyte - 1, status), (Mebibyte, status), (Mebibyte + 1, HttpStatusCode.RequestEntityTooLarge) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.PadRight(size), Encoding.UTF8, "application/json") };
                request.Headers.TransferEncodingChunked = isChunked;
                using var response = await ada.Http.SendAsync(request);
                Assert.Equal((path, size, expected), (path, size, response.StatusCode));
            }
        }
    }

    [Fact]
    public async Task A_body_is_64_levels_deep()
    {
        using var ada = await Asker.SettleAsync(app);
        foreach (var (path, start, level) in new[]
        {
            ("/graphql", """{"query":"{ __typename }","extensions":{"more":""", 2),
            ($"/conversations/{Person.NumberOf(ada.Conversation)}/messages", """{"content":"words","more":""", 1),
        })
        {
            foreach (var (depth, isTaken) in new[] { (63, true), (64, true), (65, false) })
            {
                var body = start + new string('[', depth - level) + new string(']', depth - level) + new string('}', level);
                using var response = await ada.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
                Assert.Equal((path, depth, isTaken), (path, depth, response.IsSuccessStatusCode));
                if (!isTaken) Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            }
        }
    }

    [Fact]
    public async Task An_answer_has_as_much_as_a_page_of_the_longest_messages()
    {
        using var ada = await Asker.SettleAsync(app);
        var client = new GraphQLClient(ada.Http);
        var created = await client.DataAsync(
            "mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }",
            new { input = new { conversationId = ada.Conversation, content = new string('€', 131_072) } });
        var message = created.GetProperty("createMessage").GetProperty("message").GetProperty("id").GetString();
        var ids = Enumerable.Repeat(message, 100).ToArray();

        var page = await AskAsync("content");
        Assert.True(page.Length > 100 * 3 * 131_072, $"{page.Length} bytes");
        // A gigabyte and more, made of one message.
        var refused = JsonDocument.Parse(await AskAsync(string.Concat(Enumerable.Range(0, 30).Select(i => $"a{i}: content ")))).RootElement;
        Assert.Equal(["QUERY_TOO_COMPLEX"], refused.Codes());

        async Task<byte[]> AskAsync(string fields)
        {
            using var response = await ada.Http.PostAsJsonAsync(
                "/graphql", new { query = $"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Message {{ {fields} }} }} }}", variables = new { ids } });
            return await response.Content.ReadAsByteArrayAsync();
        }
    }

    [Theory]
    [InlineData(8 * 1024 - 1, 404)]
    [InlineData(8 * 1024, 404)]
    [InlineData(8 * 1024 + 1, 414)]
    public async Task A_request_line_has_8_KiB(int length, int status)
    {
        const string start = "GET /nothing?", end = " HTTP/1.1\r\n";
        var line = start + new string('a', length - start.Length - end.Length) + end;
        Assert.Equal(status, (await RawHttp.SendAsync(app.App.Address, line + "Host: localhost\r\nConnection: close\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData(32 * 1024 - 1, 404)]
    [InlineData(32 * 1024, 404)]
    [InlineData(32 * 1024 + 1, 431)]
    public async Task Headers_have_32_KiB(int length, int status)
    {
        const string start = "Host: localhost\r\nConnection: close\r\nX-Long: ", end = "\r\n";
        var headers = start + new string('a', length - start.Length - end.Length) + end;
        Assert.Equal(status, (await RawHttp.SendAsync(app.App.Address, "GET /nothing HTTP/1.1\r\n" + headers + "\r\n")).Status);
    }
}
