using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

public sealed class SecurePostgresIsolationTests(SecurePostgresApp app) : RestIsolationTests(app), IClassFixture<SecurePostgresApp>;

public sealed class SecureSqliteIsolationTests(SecureSqliteApp app) : RestIsolationTests(app), IClassFixture<SecureSqliteApp>;

public sealed class DocumentedPostgresIsolationTests(DocumentedPostgresApp app)
    : RestIsolationTests(app, isDocumented: true), IClassFixture<DocumentedPostgresApp>;

public sealed class DocumentedSqliteIsolationTests(DocumentedSqliteApp app)
    : RestIsolationTests(app, isDocumented: true), IClassFixture<DocumentedSqliteApp>;

/// <summary>
/// Nobody finds, changes or notices what is another's by any route. In documented mode whoever has no token acts as the owner of what is
/// addressed; there the walls stand between things of different owners in one request.
/// </summary>
public abstract class RestIsolationTests(IsolationApp app, bool isDocumented = false)
{
    [Fact]
    public void Every_route_has_its_case()
    {
        var routes = app.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(route =>
            (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => $"{method} /{route.RoutePattern.RawText!.TrimStart('/')}")).ToList();
        Assert.Contains("GET /users/{username}", routes);
        var forgotten = routes.Except(RestWalls.All.Select(wall => wall.Route))
            .Except(RestWalls.OfNobody).ToList();
        Assert.True(forgotten.Count == 0, string.Join('\n', forgotten));
        Assert.Empty(RestWalls.All.Select(wall => wall.Route).Except(routes));
    }

    [Fact]
    public async Task Every_parameter_and_member_that_can_name_something_has_its_case()
    {
        var api = await app.App.As(null).GetFromJsonAsync<JsonElement>("/openapi.json");
        List<string> forgotten = [];
        foreach (var path in api.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var walls = RestWalls.All.Where(wall => Simple(wall.Route) == $"{operation.Name.ToUpperInvariant()} {path.Name}").ToList();
                foreach (var name in NamesOf(api, operation.Value))
                {
                    if (!walls.Exists(wall => wall.Path.Contains($"{name}=", StringComparison.Ordinal)
                        || wall.Body?.Contains($"\"{name}\":", StringComparison.Ordinal) == true || (name == "Idempotency-Key" && wall.Key is not null)))
                        forgotten.Add($"{operation.Name} {path.Name} {name}");
                }
            }
        }

        Assert.Empty(forgotten);
    }

    /// <summary>A route's pattern as the description writes it: without its constraints.</summary>
    private static string Simple(string route) => System.Text.RegularExpressions.Regex.Replace(route, @"\{(\w+)[^}]*\}", "{$1}");

    /// <summary>What is sent beside the path: of the query, of the headers, of the body.</summary>
    private static IEnumerable<string> NamesOf(JsonElement api, JsonElement operation)
    {
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() != "path"))
                yield return parameter.GetProperty("name").GetString()!;
        }

        if (!operation.TryGetProperty("requestBody", out var body)) yield break;
        var schema = body.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
            schema = api.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        foreach (var member in schema.GetProperty("properties").EnumerateObject()) yield return member.Name;
    }

    [Fact]
    public async Task A_stranger_nobody_and_an_ended_session_get_nothing_of_anybody_elses()
    {
        var owner = await Estate.SettleAsync(app.App.Address, app.Provider, "zwetschgenkuchen");
        var stranger = await Estate.SettleAsync(app.App.Address, app.Provider, "quorblimfax");
        var me = app.App.As(owner["token"]);
        List<string> wrong = [];

        foreach (var wall in RestWalls.All.Where(wall => wall.Wall == Wall.OwnKey))
            Note(wall, "the owner, first", await SendAsync(me, wall, owner, owner), text => text[0] == '2' && !text.Contains("Idempotent-Replayed", StringComparison.Ordinal));
        var before = await StoredRows.AtRestAsync(app.Database, owner.UserId);

        foreach (var (who, token) in new[] { ("an ended session", await EndedAsync(stranger)), ("nobody", null), ("the stranger", stranger["token"]) })
        {
            var client = app.App.As(token);
            foreach (var wall in RestWalls.All.Where(wall => token is not null || !isDocumented || IsMixed(wall)))
            {
                var answer = await SendAsync(client, wall, stranger, owner);
                Note(wall, who, answer, text => text[0] != '5' && !owner.ShowsIn(text) && !text.Contains("Idempotent-Replayed", StringComparison.Ordinal));
                if (wall.Wall == Wall.AsAbsent && await SendAsync(client, wall, stranger, Estate.OfNobody) is var absent && absent != answer)
                    wrong.Add($"{who}: {wall.Route}\n{answer}\nbut of what is not there\n{absent}");
                if (who == "an ended session" || (who == "nobody" && !isDocumented && !wall.IsOpen))
                    Note(wall, who, answer, text => text.StartsWith("401", StringComparison.Ordinal) && text.Contains("\"UNAUTHENTICATED\"", StringComparison.Ordinal));
                else if (wall.Wall == Wall.AsAbsent && !wall.IsOpen)
                    Note(wall, who, answer, text => text.StartsWith("404", StringComparison.Ordinal));
            }
        }

        Assert.Equal(before, await StoredRows.OfAsync(app.Database, owner.UserId));

        // The same requests do their work for whom they may, so that the answers above were refusals and not mistakes.
        foreach (var wall in RestWalls.All.Where(wall => wall.IsForOwner))
            Note(wall, "the owner", await SendAsync(me, wall, owner, owner), text => text[0] == '2'
                && wall.Wall == Wall.OwnKey == text.Contains("Idempotent-Replayed: true", StringComparison.Ordinal));

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));

        void Note(RestWall wall, string who, string answer, Func<string, bool> holds)
        {
            if (!holds(answer)) wrong.Add($"{who}: {wall.Route} ({wall.Body})\n{answer}");
        }
    }

    private static async Task<string> SendAsync(HttpClient client, RestWall wall, Estate mine, Estate theirs)
    {
        var path = Estate.Fill(wall.Path, mine, theirs, name => Uri.EscapeDataString(IsId(name) ? Person.NumberOf(name) : name));
        using var request = new HttpRequestMessage(new HttpMethod(wall.Route.Split(' ')[0]), path);
        if (wall.Body is not null)
        {
            var body = Estate.Fill(wall.Body, mine, theirs, name => IsId(name) ? Person.NumberOf(name) : JsonSerializer.Serialize(name));
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (wall.Key is not null) request.Headers.Add("Idempotency-Key", Estate.Fill(wall.Key, mine, theirs, name => name));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await WholeAnswer.ReadAsync(response);
    }

    private static bool IsMixed(RestWall wall) =>
        wall.Wall == Wall.AsAbsent && wall.Path.StartsWith("/conversations/$my_conversation/", StringComparison.Ordinal);

    private static bool IsId(string name) => name.Length > 4 && name[3] == '_';

    /// <summary>The token of a second session that was good and has been ended.</summary>
    private async Task<string> EndedAsync(Estate estate)
    {
        using var signedIn = await app.App.As(null).PostAsJsonAsync("/sessions", new { username = estate["username"], password = estate["password"] });
        var token = (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        var client = app.App.As(token);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync($"/users/{estate["username"]}")).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await client.DeleteAsync("/sessions/current")).StatusCode);
        return token;
    }
}
