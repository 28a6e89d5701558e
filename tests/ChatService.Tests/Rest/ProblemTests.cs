using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

public class ProblemTests(Facade facade) : IClassFixture<Facade>
{
    [Theory]
    [InlineData("UNAUTHENTICATED", 401)]
    [InlineData("INVALID_CREDENTIALS", 401)]
    [InlineData("NOT_FOUND", 404)]
    [InlineData("BAD_USER_INPUT", 400)]
    [InlineData("USERNAME_TAKEN", 409)]
    [InlineData("NOTHING_TO_COMPLETE", 409)]
    [InlineData("CONVERSATION_BUSY", 409)]
    [InlineData("IDEMPOTENCY_CONFLICT", 422)]
    [InlineData("CONTEXT_OVERFLOW", 422)]
    [InlineData("MODEL_NOT_ALLOWED", 422)]
    [InlineData("CURSOR_EXPIRED", 400)]
    [InlineData("COMPLETION_CANCELLED", 409)]
    [InlineData("GRAPHQL_PARSE_FAILED", 400)]
    [InlineData("GRAPHQL_VALIDATION_FAILED", 400)]
    [InlineData("METHOD_NOT_ALLOWED", 405)]
    [InlineData("NOT_ACCEPTABLE", 406)]
    [InlineData("ORIGIN_REFUSED", 403)]
    [InlineData("QUERY_TOO_LARGE", 400)]
    [InlineData("QUERY_TOO_COMPLEX", 400)]
    [InlineData("BATCHING_DISABLED", 400)]
    [InlineData("PAYLOAD_TOO_LARGE", 413)]
    [InlineData("REQUEST_TIMEOUT", 408)]
    [InlineData("UNSUPPORTED_MEDIA_TYPE", 415)]
    [InlineData("RATE_LIMITED", 429)]
    [InlineData("TOO_MANY_STREAMS", 429)]
    [InlineData("OVERLOADED", 503)]
    [InlineData("PROVIDER_ERROR", 502)]
    [InlineData("PROVIDER_INCOMPLETE", 502)]
    [InlineData("PROVIDER_UNAVAILABLE", 503)]
    [InlineData("PROVIDER_TIMEOUT", 504)]
    [InlineData("STORAGE_UNAVAILABLE", 503)]
    [InlineData("STORAGE_FULL", 503)]
    [InlineData("SHUTTING_DOWN", 503)]
    [InlineData("INTERNAL", 500)]
    public async Task Every_code_has_its_status_and_the_members_of_a_problem(string code, int status)
    {
        facade.Answer(Facade.Refusal(code));
        var response = await facade.Client.GetAsync("/conversations/1");

        var problem = await ReadAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.NotEmpty(problem.GetProperty("requestId").GetString()!);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(status is 429 or 503, response.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"));
    }

    [Fact]
    public async Task A_wait_that_the_host_names_is_handed_on()
    {
        facade.Answer(Facade.Refusal("RATE_LIMITED", 429, retryAfterSeconds: 17));
        var response = await facade.Client.GetAsync("/conversations/1");
        Assert.Equal(TimeSpan.FromSeconds(17), response.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData(200, 500, "INTERNAL")]
    [InlineData(429, 429, "RATE_LIMITED")]
    public async Task A_code_that_is_unknown_here_is_judged_by_the_status(int sent, int status, string code)
    {
        facade.Answer(Facade.Refusal("NOT_YET_INVENTED", sent));
        var response = await facade.Client.GetAsync("/conversations/1");
        var problem = await ReadAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEqual("As the host says.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "NOT_FOUND")]
    [InlineData("GET", "/conversations/abc", 404, "NOT_FOUND")]
    [InlineData("GET", "/conversations/0", 404, "NOT_FOUND")]
    [InlineData("GET", "/conversations/-1/messages", 404, "NOT_FOUND")]
    [InlineData("GET", "/conversations/99999999999999999999", 404, "NOT_FOUND")]
    [InlineData("PUT", "/conversations/1", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("DELETE", "/users", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", "/conversations/1/messages:complete", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", "/users/1/messages:search?q=a&limit=many", 400, "BAD_USER_INPUT")]
    public async Task What_the_framework_refuses_is_a_problem_too(string method, string path, int status, string code)
    {
        facade.Answer(Facade.Data("""{"conversation":null}"""));
        var response = await facade.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        var problem = await ReadAsync(response);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEmpty(problem.GetProperty("requestId").GetString()!);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }

    [Fact]
    public async Task An_absent_object_a_foreign_one_and_one_that_cannot_be_are_the_same_answer()
    {
        var absent = Facade.Data("""{"conversation":null}""");
        var bodies = new List<string>();
        foreach (var (answer, path) in new[] { (absent, "/conversations/7"), (Facade.Refusal("NOT_FOUND"), "/conversations/7"), (absent, "/conversations/seven") })
        {
            facade.Answer(answer);
            var problem = await ReadAsync(await facade.Client.GetAsync(path));
            bodies.Add(string.Join('\n', problem.EnumerateObject().Where(member => member.Name != "requestId").Select(member => member.ToString()).Order()));
        }

        Assert.Single(bodies.Distinct());
    }

    [Theory]
    [InlineData("newPassword", "new_password")]
    [InlineData("currentPassword", "password")]
    public async Task A_field_is_called_as_in_the_request(string inSchema, string member)
    {
        var answer = $$$"""
            {"changePassword":{"user":null,"errors":[{"code":"BAD_USER_INPUT","message":"Too short.","field":["{{{inSchema}}}"]}]}}
            """;
        facade.Answer(operation =>
            Facade.Data(operation.Name == "GetUser" ? """{"me":{"databaseId":1,"username":"ada"}}""" : answer));
        var response = await facade.Client.PatchAsJsonAsync("/users/Ada", new { password = "a", new_password = "b" });

        var problem = await ReadAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(member, problem.GetProperty("field").GetString());
        Assert.Equal("Too short.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("POST", "/conversations/1/messages:complete", "complete", "conversationId", "id")]
    [InlineData("POST", "/conversations/1/messages", "createMessage", "idempotencyKey", "Idempotency-Key")]
    [InlineData("PATCH", "/conversations/1", "updateConversation", "id", "id")]
    [InlineData("PATCH", "/conversations/1/messages/2", "updateMessage", "id", "messageId")]
    [InlineData("DELETE", "/conversations/1/messages/2", "deleteMessage", "id", "messageId")]
    public async Task What_is_at_fault_beside_the_body_is_called_as_in_the_request(string method, string path, string mutation, string inSchema, string here)
    {
        var refusal = $$$"""{"{{{mutation}}}":{"errors":[{"code":"BAD_USER_INPUT","message":"Not this one.","field":["{{{inSchema}}}"]}]}}""";
        facade.Answer(operation => Facade.Data(operation.Name == "GetMessage" ? """{"message":{"conversation":{"databaseId":1}}}""" : refusal));
        var response = await facade.Client.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(new { content = "Hello?", title = "Hello" }) });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(here, (await ReadAsync(response)).GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("many")]
    [InlineData("0")]
    public async Task A_limit_that_is_none_is_named(string limit)
    {
        var response = await facade.Client.GetAsync($"/users/1/messages:search?q=a&limit={limit}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("limit", (await ReadAsync(response)).GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(false, 401, "UNAUTHENTICATED")]
    [InlineData(true, 404, "NOT_FOUND")]
    public async Task Without_a_user_secure_mode_asks_for_a_token_and_documented_mode_finds_nothing(bool documented, int status, string code)
    {
        foreach (var answer in new[] { Facade.Data("""{"me":null}"""), Facade.Refusal("UNAUTHENTICATED") })
        {
            facade.Options.Documented = documented;
            facade.Answer(answer);
            var response = await facade.Client.GetAsync("/users/nobody");
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(code, (await ReadAsync(response)).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task A_fault_of_the_host_tells_nothing_about_itself()
    {
        facade.Answer(_ => throw new InvalidDataException("secret"));
        var response = await facade.Client.GetAsync("/conversations/1");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("INTERNAL", (await ReadAsync(response)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Accents_are_written_as_they_are()
    {
        facade.Answer(
            Facade.Data("""{"conversation":{"databaseId":1,"title":"Été à l'œuvre 🙂","owner":{"databaseId":2}}}"""));
        var body = Encoding.UTF8.GetString(await facade.Client.GetByteArrayAsync("/conversations/1"));
        Assert.Contains("Été à l'œuvre", body, StringComparison.Ordinal);
        Assert.Contains("\"user_id\":2", body, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
