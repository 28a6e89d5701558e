using System.Text;

namespace ChatService.Tests;

/// <summary>Requests to the facade. None of them may store anything, so where a value could pass, another one beside it cannot.</summary>
internal static class HostileRest
{
    private const string Absent = "/conversations/900719";

    /// <summary>Every body that a route takes, one member at a time: the others are good, or such that nothing can come of it.</summary>
    private static readonly (string Method, string Path, string Member, string Others)[] _members =
    [
        ("POST", "/users", "username", "\"password\":\"x\""),
        ("POST", "/users", "password", "\"username\":\"no name\""),
        ("POST", "/sessions", "username", "\"password\":\"x\""),
        ("POST", "/sessions", "password", "\"username\":\"no name\""),
        ("PATCH", "/users/nobody", "password", "\"new_password\":\"x\""),
        ("PATCH", "/users/nobody", "new_password", "\"password\":\"x\""),
        ("DELETE", "/users/nobody", "password", ""),
        ("POST", "/conversations", "user_id", "\"title\":\"a\""),
        ("POST", "/conversations", "title", "\"user_id\":900719"),
        ("PATCH", Absent, "title", ""),
        ("POST", Absent + "/messages", "content", ""),
        ("POST", Absent + "/messages", "role", "\"content\":\"a\""),
        ("PATCH", Absent + "/messages/900719", "content", ""),
        .. new[] { "stream", "content", "model", "max_output_tokens", "temperature", "regenerate", "recall" }.Select(member => ("POST", Absent + "/messages:complete", member, "")),
    ];

    public static IEnumerable<HostileRequest> All(string user, string conversation) =>
        [.. Bodies(conversation), .. Members(), .. Paths(), .. Searches(user), .. Headers(conversation)];

    private static IEnumerable<HostileRequest> Bodies(string conversation)
    {
        var path = $"/conversations/{conversation}/messages";
        foreach (var (what, body) in HostileValues.Broken("""{"content":"words","role":"user"}""")) yield return new($"message {what}", HttpMethod.Post, path, body);
        foreach (var body in HostileValues.NoJson.Concat(HostileValues.Json))
        {
            yield return HostileRequest.Post($"message {Short(body)}", path, body);
            yield return HostileRequest.Post($"content {Short(body)}", $"{Absent}/messages", $$"""{"content":{{body}}}""");
            yield return HostileRequest.Post($"a member that nobody knows, {Short(body)}", $"{Absent}/messages", $$"""{"content":"a","owner_id":{{body}}}""");
        }

        foreach (var depth in new[] { 65, 1_000, 100_000 })
            yield return HostileRequest.Post($"{depth} deep", $"{Absent}/messages", $$"""{"content":"a","more":{{new string('[', depth)}}{{new string(']', depth)}} }""");
        yield return HostileRequest.Post("a member twice", $"{Absent}/messages", """{"content":"a","content":"b","CONTENT":"c"}""");
    }

    private static IEnumerable<HostileRequest> Members()
    {
        foreach (var (method, path, member, others) in _members)
        {
            foreach (var value in path == "/sessions" ? HostileValues.Unhashed : HostileValues.Json)
            {
                var body = $$"""{"{{member}}":{{value}}{{(others.Length > 0 ? "," : "")}}{{others}}}""";
                yield return new($"{method} {path} {member} {Short(value)}", new HttpMethod(method), path, Encoding.UTF8.GetBytes(body));
            }
        }
    }

    private static IEnumerable<HostileRequest> Paths() =>
        from path in new[]
        {
            "/users/%00", "/users/%ff", "/users/%c3%28", "/users/%ed%a0%80", "/users/%", "/users/%zz", "/users/%2f", "/users/a%2fb", "/users/..", "/users/%2e%2e", "/users/.", "/users/%20", "/users/a%0d%0aSet-Cookie:%20a=b",
            "/users/" + new string('a', 7_000), "/users/%F0%9F%98%80", "/users/'%20OR%201=1%20--", "/users/*", "/users/0", "/users/-1/conversations", "/users/0/conversations", "/users/1e3/conversations", "/users/9223372036854775808/conversations",
            "/users/9223372036854775807/conversations", "/users/%31/conversations/", "/users/\u0661/conversations", "/users//conversations", "/users/1;a=b/conversations", "/conversations/0", "/conversations/-1", "/conversations/abc", "/conversations/1.0",
            "/conversations/0x1", "/conversations/%00", "/conversations/9223372036854775808/messages", "/conversations/99999999999999999999999999/messages", "/conversations/900719/messages:", "/conversations/900719/messages%3Acomplete",
            "/conversations/900719/messages::complete", "/conversations/900719/messages:nothing", "/conversations/900719/messages/9223372036854775808", "/conversations/900719/messages/0", "/conversations/900719/messages/%2e%2e", "/conversations/900719/",
            "/conversations//messages", "/conversations/900719/messages/900719/more", "/sessions", "/sessions/other", "/nothing", "//users", "/./users/nobody", "/%75sers/nobody", "/users\\nobody", "/openapi.json/..", "/wwwroot/index.html", "/../appsettings.json",
            "/%2e%2e/appsettings.json", "/..%2fappsettings.json", "/..%5cappsettings.json", "/appsettings.json", "/chat.db", "/.git/config", "/index.html%00.js", "/index.html::$DATA", "/~", "/?%00", "/?" + new string('a', 7_000), "/graphqlx", "/GRAPHQL%00",
        }
        from method in new[] { "GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS" }
        select new HostileRequest(
            $"{method} {Short(path)}", new HttpMethod(method), path, method is "GET" or "OPTIONS" ? null : """{"content":"","title":"","password":"x","username":"no name","new_password":"x"}"""u8.ToArray());

    private static IEnumerable<HostileRequest> Searches(string user)
    {
        var path = $"/users/{user}/messages:search";
        foreach (var (i, text) in HostileTexts.Make(20_261_124, 100).Index()) yield return Get($"{path}?q={Uri.EscapeDataString(text)}&mode={(i % 2 == 0 ? "hybrid" : "keyword")}");
        foreach (var query in new[]
        {
            "", "?", "?q", "?q=", "?q=%20", "?q=%00", "?q=%ff", "?q=%c3%28", "?q=%", "?q=%zz", "?q=%ed%a0%80", "?q=a&q=b", "?Q=a", "?q[]=a", "?q=a&mode=", "?q=a&mode=HYBRID", "?q=a&mode=nothing", "?q=a&mode=hybrid&mode=keyword", "?q=a&limit=",
            "?q=a&limit=0", "?q=a&limit=-1", "?q=a&limit=101", "?q=a&limit=1e1", "?q=a&limit=9223372036854775808", "?q=a&limit=%31%30", "?q=a&limit=1&limit=2", "?q=a&limit=NaN", "?q=a&limit=null", $"?q={new string('a', 1_001)}", $"?q={new string('a', 7_000)}",
            "?q=%22", "?q=%22%22%22", "?q=a*", "?q=a%20NEAR(b,%205)", "?q=terms:a", "?q=a%20AND%20OR%20NOT", "?q=')%20OR%201=1%20--", "?q=%EF%BB%BF",
        })
            yield return Get(path + query);

        static HostileRequest Get(string path) => new($"GET {path}", HttpMethod.Get, path);
    }

    private static IEnumerable<HostileRequest> Headers(string conversation)
    {
        var path = $"{Absent}/messages";
        const string body = """{"content":"a"}""";
        foreach (var (name, value) in HostileHeaders.All) yield return HostileRequest.Post($"{name}: {Short(value)}", path, body, (name, value));
        foreach (var key in new[] { "", " ", "two words", "é", "\t", "a\u0001", new string('k', 256), new string('k', 10_000), "a\u007f", "😀" })
            yield return HostileRequest.Post($"Idempotency-Key: {Short(key)}", $"/conversations/{conversation}/messages", body, ("Idempotency-Key", key));
        foreach (var encoding in new[] { "gzip", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "nothing" })
            yield return new($"a bomb in {encoding}", HttpMethod.Post, $"/conversations/{conversation}/messages", HostileHeaders.Bomb(), ("Content-Encoding", encoding));
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
