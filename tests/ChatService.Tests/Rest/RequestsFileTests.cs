using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

public sealed class PostgresRequestsFileTests() : RequestsFileTests(DatabaseKind.Postgres);

public sealed class SqliteRequestsFileTests() : RequestsFileTests(DatabaseKind.Sqlite);

/// <summary>Runs requests.http from top to bottom on a fresh database, as a newcomer would.</summary>
public abstract partial class RequestsFileTests(DatabaseKind kind)
{
    // Which answer a variable comes from, by the request line of the one that makes it.
    private static readonly Dictionary<string, (string Variable, string Member)> _given = new()
    {
        ["POST {{host}}/users"] = ("user", "id"),
        ["POST {{host}}/conversations"] = ("conversation", "id"),
        ["POST {{host}}/conversations/{{conversation}}/messages"] = ("message", "id"),
        ["POST {{host}}/sessions"] = ("token", "token"),
    };

    [Fact]
    public async Task Every_request_is_answered_as_its_title_says()
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("ChatService.GraphQL/requests.http"));
        await using var database = await Databases.CreateAsync(kind);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Completions:OfflineWordDelay"] = "00:00:00" });
        using var http = app.As(null);
        var variables = VariableLine().Matches(text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        variables["host"] = http.BaseAddress!.ToString().TrimEnd('/');

        foreach (var (title, request) in text.Split("\n### ").Skip(1).Select(part => (part.Split('\n', 2)[0], part.Split('\n', 2)[1].Trim())))
        {
            using var message = Read(VariableUse().Replace(request, match => variables[match.Groups[1].Value]));
            using var response = await http.SendAsync(message);
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(title.StartsWith($"{(int)response.StatusCode} ", StringComparison.Ordinal), $"{title}: {(int)response.StatusCode} {body}");
            if (response.IsSuccessStatusCode && _given.TryGetValue(request.Split('\n')[0], out var given))
                variables[given.Variable] = JsonDocument.Parse(body).RootElement.GetProperty(given.Member).ToString();
        }
    }

    private static HttpRequestMessage Read(string request)
    {
        var (head, body) = request.Split("\n\n", 2) is [var first, var rest] ? (first, rest) : (request, null);
        var lines = head.Split('\n');
        var message = new HttpRequestMessage(new HttpMethod(lines[0].Split(' ')[0]), lines[0].Split(' ')[1]);
        if (body is not null)
            message.Content = new StringContent(body);
        foreach (var (name, value) in lines.Skip(1).Select(line => (line.Split(": ", 2)[0], line.Split(": ", 2)[1])))
        {
            if (name == "Content-Type")
                message.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else
                message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    [GeneratedRegex(@"^@(\w+) = (.*)$", RegexOptions.Multiline)]
    private static partial Regex VariableLine();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex VariableUse();
}
