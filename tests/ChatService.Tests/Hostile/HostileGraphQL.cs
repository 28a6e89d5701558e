using System.Text;
using System.Text.Json;
using GraphQL;
using GraphQL.Types;

namespace ChatService.Tests;

/// <summary>Requests to /graphql. None of them may store anything, so where a value could pass, another one in the same input cannot.</summary>
internal static class HostileGraphQL
{
    private const string Path = "/graphql";

    private static readonly Dictionary<string, string> _refused = new()
    {
        ["id"] = "\"cnv_900719\"",
        ["conversationId"] = "\"cnv_900719\"",
        ["content"] = "\"words\"",
        ["title"] = "\"\"",
        ["model"] = "\"no such model\"",
        ["username"] = "\"no name\"",
        ["password"] = "\"x\"",
        ["currentPassword"] = "\"wrong\"",
        ["newPassword"] = "\"x\"",
    };

    public static IEnumerable<HostileRequest> All(ISchema schema, string conversation) =>
        [.. Bodies(conversation), .. Inputs(schema), .. Arguments(conversation), .. Searches(), .. Documents(), .. Gets(), .. Headers()];

    private static IEnumerable<HostileRequest> Bodies(string conversation)
    {
        var message = Message(conversation, "\"words\"");
        foreach (var (what, body) in HostileValues.Broken(message)) yield return new($"createMessage {what}", HttpMethod.Post, Path, body);
        foreach (var body in HostileValues.NoJson.Concat(HostileValues.Json)) yield return HostileRequest.Post($"body {Short(body)}", Path, body);
        foreach (var value in HostileValues.Json.Concat(HostileValues.NoJson))
        {
            foreach (var member in new[] { "query", "operationName", "variables", "extensions" })
                yield return HostileRequest.Post($"{member} {Short(value)}", Path, $$"""{"query":"{ __typename }","{{member}}":{{value}}}""");
            yield return HostileRequest.Post($"only variables {Short(value)}", Path, $$"""{"query":"query($a: String) { __typename }","variables":{"a":{{value}},"b":{{value}}} }""");
        }

        yield return HostileRequest.Post("an array of requests", Path, $"[{message},{message}]");
        yield return HostileRequest.Post("a name twice", Path, """{"query":"{ __typename }","query":"{ me { id } }"}""");
        yield return HostileRequest.Post("a variable twice", Path, """{"query":"query($a: Int) { __typename }","variables":{"a":1,"a":2}}""");
        foreach (var depth in new[] { 65, 1_000, 100_000 })
        {
            yield return HostileRequest.Post($"arrays {depth} deep", Path, $$"""{"query":"{ __typename }","extensions":{"a":{{new string('[', depth)}}{{new string(']', depth)}} } }""");
            yield return HostileRequest.Post($"unclosed objects {depth} deep", Path, string.Concat(Enumerable.Repeat("{\"a\":", depth)));
        }
    }

    private static string Message(string conversation, string content) => $$$"""
        {"query":"mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }","variables":{"input":{"conversationId":"{{{conversation}}}","content":{{{content}}} } } }
        """;

    /// <summary>Every field of every mutation's input, with every value.</summary>
    private static IEnumerable<HostileRequest> Inputs(ISchema schema)
    {
        foreach (var mutation in schema.Mutation!.Fields.Where(field => field.Arguments is { Count: > 0 }))
        {
            var input = (IInputObjectGraphType)mutation.Arguments![0].ResolvedType!.GetNamedType();
            var document = JsonSerializer.Serialize($"mutation($input: {input.Name}!) {{ {mutation.Name}(input: $input) {{ errors {{ code message field }} }} }}");
            // A conversation needs nothing.
            foreach (var value in HostileValues.Json.Where(value => value != "{}"))
                yield return HostileRequest.Post($"{mutation.Name} {Short(value)}", Path, $$"""{"query":{{document}},"variables":{"input":{{value}} } }""");
            foreach (var field in input.Fields)
            {
                foreach (var value in mutation.Name is "signIn" or "changePassword" or "deleteUser" ? HostileValues.Unhashed : HostileValues.Json)
                {
                    var members = input.Fields.Where(other => other.Name != field.Name && _refused.ContainsKey(other.Name))
                        .Select(other => $"\"{other.Name}\":{_refused[other.Name]}").Append($"\"{field.Name}\":{value}");
                    yield return HostileRequest.Post($"{input.Name}.{field.Name} {Short(value)}", Path, $$$"""{"query":{{{document}}},"variables":{"input":{ {{{string.Join(',', members)}}} } } }""");
                }
            }
        }
    }

    private static IEnumerable<HostileRequest> Arguments(string conversation)
    {
        var within = $"conversation(id: \"{conversation}\")";
        foreach (var value in HostileValues.Literals)
        {
            foreach (var selection in new[]
            {
                $"node(id: {value}) {{ id }}", $"nodes(ids: {value}) {{ id }}", $"nodes(ids: [{value}]) {{ id }}", $"conversation(id: {value}) {{ id }}", $"completion(id: {value}) {{ id }}",
                $"{within} {{ messages(first: {value}) {{ totalCount }} }}", $"{within} {{ messages(around: {value}) {{ totalCount }} }}",
                $"searchMessages(query: {value}) {{ degraded }}", $"searchMessages(query: \"a\", first: {value}) {{ degraded }}", $"searchMessages(query: \"a\", mode: {value}) {{ degraded }}",
                $"searchMessages(query: \"a\", filter: {value}) {{ degraded }}", $"searchMessages(query: \"a\", filter: {{ createdAfter: {value} }}) {{ degraded }}",
            })
                yield return Query(selection);
            yield return HostileRequest.Post(
                $"completionEvents {Short(value)}", Path, Request($"subscription {{ completionEvents(id: \"cpl_900719\", after: {value}) {{ __typename }} }}"), ("Accept", "text/event-stream"));
        }

        foreach (var cursor in HostileValues.Cursors.Select(cursor => JsonSerializer.Serialize(cursor)))
        {
            yield return Query($"{within} {{ messages(after: {cursor}) {{ totalCount }} }}");
            yield return Query($"{within} {{ messages(before: {cursor}) {{ totalCount }} }}");
            yield return Query($"me {{ conversations(after: {cursor}) {{ totalCount }} }}");
            yield return Query($"searchMessages(query: \"a\", after: {cursor}) {{ degraded }}");
        }
    }

    private static IEnumerable<HostileRequest> Searches() => HostileTexts.Make(20_261_123, 100).Select((text, i) => HostileRequest.Post(
        $"search {i}",
        Path,
        $$"""{"query":"query($q: String!) { searchMessages(query: $q, mode: {{(i % 3) switch { 0 => "HYBRID", 1 => "KEYWORD", _ => "SEMANTIC" }}}) { nodes { id } } }","variables":{"q":{{Escaped(text)}} } }"""));

    private static IEnumerable<HostileRequest> Documents() => new[]
    {
        "", " ", "#", "{", "}", "{}", "{ }", "query", "query {", "{ me", "{ me { } }", "{ me { id } } }", "{ nothing }", "{ me { nothing } }", "{ me }", "{ models { name { a } } }", "subscription { changes }",
        "mutation { signOut { errors } }", "{ __schema { a } }", "{ __typename @nothing }", "{ __typename @skip }", "{ __typename @skip(if: 1) }", "query($a: Nothing) { __typename }", "query($a: Int!) { __typename }",
        "query($a: Int, $a: Int) { __typename }", "query A { __typename } query A { __typename }", "query A { __typename } query B { __typename }", "fragment F on User { id }", "{ ...F }",
        "{ ...F } fragment F on Query { ...F }", "{ ...F } fragment F on Nothing { id }", "{ ... on User { id } }", "{ a: __typename a: models { name } }", "type A { b: Int }", "extend type Query { a: Int }",
        "\ufeff{ __typename }", "{ __typename }\0", "{ \0 }", "{ ｍｅ }", "{ me { id } }\u2028", "{ node(id: \"a\" id: \"b\") { id } }", "{ node { id } }", "{ node(no: 1) { id } }",
        $"{{ {new string('a', 16_000)} }}", $"{{ {string.Concat(Enumerable.Repeat("me { id } ", 300))} }}", $"{{ {string.Concat(Enumerable.Range(0, 400).Select(i => $"nothing{i} "))} }}",
        string.Concat(Enumerable.Repeat("{ node(id: ", 2_000)), $"{{ nodes(ids: {new string('[', 4_000)}", $"query($a: {new string('[', 4_000)}", $"{{ {string.Concat(Enumerable.Repeat("... { ", 3_000))}",
        "{ ...A }" + string.Concat(Enumerable.Range(0, 30).Select(i => $" fragment {(char)('A' + i)} on Query {{ ...{(char)('B' + i)} ...{(char)('B' + i)} }}")),
    }.Select(document => HostileRequest.Post($"document {Short(document)}", Path, Request(document)));

    private static IEnumerable<HostileRequest> Gets() => new[]
    {
        "", "?", "?query", "?query=", "?query=%", "?query=%zz", "?query=%ff%fe", "?query=%00", "?query=%c3%28", "?query=%ed%a0%80", "?query=%7B%20__typename%20%7D&query=a", "?query[]=a", "?QUERY=%7Bme%7D",
        "?query=mutation%7BsignOut%7Berrors%7Bcode%7D%7D%7D", "?query=subscription%7Bchanges%7Bkind%7D%7D", "?query=%7B__typename%7D&variables=%7B", "?query=%7B__typename%7D&variables=[]",
        "?query=%7B__typename%7D&variables=%7B%22a%22:1e999%7D", "?query=%7B__typename%7D&variables=%7B%22a%22:%22%5Cud800%22%7D", "?query=%7B__typename%7D&variables=%FF",
        "?query=%7B__typename%7D&variables=%7B%22a%22:1,%22a%22:2%7D", "?query=%7B__typename%7D&extensions=1", "?query=%7B__typename%7D&operationName=%00", "?query=%7B__typename%7D&operationName=a&operationName=b",
        $"?query=%7B{new string('a', 7_000)}%7D", $"?query=%7B__typename%7D&variables={new string('[', 6_000)}", "?query=+%2B%26", "?&&&==&=", "?query=a;b", "/", "/%2e%2e/users", "//", "/..%2f",
    }.Select(query => new HostileRequest($"GET {Short(query)}", HttpMethod.Get, Path + query));

    private static IEnumerable<HostileRequest> Headers()
    {
        const string typename = """{"query":"{ __typename }"}""";
        foreach (var (name, value) in HostileHeaders.All) yield return HostileRequest.Post($"{name}: {Short(value)}", Path, typename, (name, value));
        foreach (var method in new[] { "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "BREW" })
            yield return new($"{method} /graphql", new HttpMethod(method), Path, Encoding.UTF8.GetBytes(typename));
        foreach (var encoding in new[] { "gzip", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "nothing" })
            yield return new($"a bomb in {encoding}", HttpMethod.Post, Path, HostileHeaders.Bomb(), ("Content-Encoding", encoding));
    }

    private static HostileRequest Query(string selection) => HostileRequest.Post($"query {Short(selection)}", Path, Request($"{{ {selection} }}"));

    private static string Request(string document) => JsonSerializer.Serialize(new { query = document });

    /// <summary>Half a surrogate pair as its escape, which JSON allows and the serializer would mend.</summary>
    private static string Escaped(string text) => $"\"{string.Concat(text.Select(c => $"\\u{(int)c:x4}"))}\"";

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
