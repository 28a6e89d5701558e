using System.Diagnostics;
using System.Text.Json;

namespace ChatService.Tests;

[Collection(Alone.Name)]
public sealed class DocumentGuardTests : IAsyncLifetime
{
    private static readonly TimeSpan _promised = TimeSpan.FromSeconds(1);

    private TransportHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TransportHost.StartAsync();
        await _host.QueryAsync("{ hello }"); // builds the schema, which no attack is charged for
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public static TheoryData<string, string, string> Attacks => new()
    {
        { "a chain of fragments that doubles", "QUERY_TOO_COMPLEX", "{ ...F0 }" + Chain(25, i => $"...F{i + 1} ...F{i + 1}") },
        { "a chain of 1,100 fragments", "QUERY_TOO_LARGE", "{ ...F0 }" + Chain(1_100, i => $"...F{i + 1}") },
        { "33 fragments", "QUERY_TOO_COMPLEX", "{ ...F0 }" + Chain(32, i => $"...F{i + 1}") },
        { "50,000 equal fields", "QUERY_TOO_LARGE", "{" + Repeat("a ", 50_000) + "}" },
        { "8,000 equal fields", "QUERY_TOO_COMPLEX", "{" + Repeat("a ", 8_000) + "}" },
        { "8,000 equal fields in a fragment that nobody spreads", "QUERY_TOO_COMPLEX", "{ hello } fragment F on ProbeQuery {" + Repeat("a ", 8_000) + "}" },
        { "102 equal fields", "QUERY_TOO_COMPLEX", "{" + Repeat("hello ", 102) + "}" },
        { "102 equal fields by way of two fragments", "QUERY_TOO_COMPLEX",
            "{ ...A ...B } fragment A on ProbeQuery {" + Repeat("hello ", 51) + "} fragment B on ProbeQuery { ... {" + Repeat("hello ", 51) + "} }" },
        { "fields with long arguments, each compared with each", "QUERY_TOO_COMPLEX", "{" + Repeat("hello(name: {a: {b: {c: [0, 1]}}}) ", 40) + "}" },
        { "499 equal fields with different arguments", "QUERY_TOO_COMPLEX",
            "{" + string.Concat(Enumerable.Range(0, 499).Select(i => $"m(i:{{a:{{b:{{c:{{d:{{e:{i}}}}}}}}}}}) ")) + "}" },
        { "1,001 arguments and values", "QUERY_TOO_COMPLEX", "{ hello(name: [" + Repeat("0 ", 999) + "]) }" },
        { "1,001 members and values of a default", "QUERY_TOO_COMPLEX", "query($a: A = {" + Repeat("a: 0 ", 500) + "}) { hello }" },
        { "1,002 arguments and values of directives", "QUERY_TOO_COMPLEX", "{ ... @skip(" + Repeat("if: false ", 501) + ") { hello } }" },
        { "501 selections", "QUERY_TOO_COMPLEX", "{" + Repeat("hello ", 501) + "}" },
        { "1,000 aliases", "QUERY_TOO_COMPLEX", "{" + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"a{i}:hello ")) + "}" },
        { "31 aliases", "QUERY_TOO_COMPLEX", "{" + string.Concat(Enumerable.Range(0, 31).Select(i => $"a{i}:hello ")) + "}" },
        { "16 levels", "QUERY_TOO_COMPLEX", Nested(15) },
        { "braces without end", "QUERY_TOO_COMPLEX", Repeat("{a", 8_000) },
        { "brackets without end", "QUERY_TOO_COMPLEX", "{ hello(name: " + Repeat("[", 16_000) },
        { "a type without end", "QUERY_TOO_COMPLEX", "query($a: " + Repeat("[", 16_000) },
        { "inline fragments without end", "QUERY_TOO_COMPLEX", "{" + Repeat("...{", 4_000) },
        { "21 directives", "QUERY_TOO_COMPLEX", "{ hello " + Repeat("@skip(if: false) ", 21) + "}" },
        { "101 variables", "QUERY_TOO_COMPLEX", "query(" + string.Concat(Enumerable.Range(0, 101).Select(i => $"$v{i}: Int ")) + ") { hello }" },
        { "11 operations", "QUERY_TOO_COMPLEX", string.Concat(Enumerable.Range(0, 11).Select(i => $"query Q{i} {{ hello }} ")) },
        { "a fragment that spreads itself", "GRAPHQL_VALIDATION_FAILED", "{ ...A } fragment A on ProbeQuery { ...B } fragment B on ProbeQuery { ...A }" },
        { "a fragment that is not there", "GRAPHQL_VALIDATION_FAILED", "{ ...Nowhere }" },
        { "a type definition", "GRAPHQL_VALIDATION_FAILED", "{ hello } type T { a: Int }" },
        { "circular introspection", "QUERY_TOO_COMPLEX", "{ __schema { types { fields { type { fields { name } } } } } }" },
        { "circular introspection through a fragment", "QUERY_TOO_COMPLEX",
            "{ __type(name: \"Item\") { ...T } } fragment T on __Type { fields { type { ...U } } } fragment U on __Type { fields { name } }" },
        { "pages of pages", "QUERY_TOO_COMPLEX", "{ items(first: 101) { nodes { items(first: 100) { nodes { number } } } } }" },
        { "pages without a size, of pages", "QUERY_TOO_COMPLEX", "{ items { nodes { items { nodes { items { nodes { number } } } } } } }" },
        { "pages from behind", "QUERY_TOO_COMPLEX", "{ items(last: 10001) { nodes { number } } }" },
        { "pages below keys", "QUERY_TOO_COMPLEX",
            "{ nodes(ids: [" + Repeat("\"1\" ", 101) + "]) { items(first: 100) { nodes { number } } } }" },
        { "pages beyond all numbers", "QUERY_TOO_COMPLEX",
            "{ items(first: 2147483647) { nodes { items(first: 2147483647) { nodes { items(first: 2147483647) { nodes { number } } } } } } }" },
        { "lists without a size, in each other", "QUERY_TOO_COMPLEX", "{ item {" + Repeat("others {", 5) + "number" + Repeat("}", 5) + "} }" },
        { "lists without a size, below pages", "QUERY_TOO_COMPLEX", "{ items(first: 100) { edges { node { others { others { others { number } } } } } } }" },
        { "neighbours of neighbours", "QUERY_TOO_COMPLEX", "{ item { neighbours(count: 101) { neighbours(count: 100) { number } } } }" },
        { "two guesses in one mutation", "QUERY_TOO_COMPLEX", "mutation { a: signIn(name: \"a\") b: signIn(name: \"b\") }" },
        { "a guess hidden in a fragment", "QUERY_TOO_COMPLEX",
            "mutation { add(amount: 1) ...F } fragment F on ProbeMutation { ... { signIn(name: \"a\") } }" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public Task Refuses_within_a_second(string attack, string code, string query) => InTime.OnceAsync(_promised, async () =>
    {
        var watch = Stopwatch.StartNew();
        var answer = await _host.QueryAsync(query);
        var took = watch.Elapsed;
        Assert.Equal((attack, code), (attack, Assert.Single(answer.Codes().Distinct())));
        Assert.False(answer.TryGetProperty("data", out _));
        Assert.Equal(0, _host.Probe.Mutations);
        return took;
    });

    public static TheoryData<string, string> Accepted => new()
    {
        { "15 levels", Nested(14) },
        { "30 aliases", "{" + string.Concat(Enumerable.Range(0, 30).Select(i => $"a{i}:hello ")) + "}" },
        { "100 equal fields, which the library compares by pairs", "{" + Repeat("hello ", 100) + "}" },
        { "equal fields in equal fields", "{" + Repeat("item { self { self { " + Repeat("number ", 9) + "} } }", 4) + "}" },
        { "30 times the same fragment", "{" + Repeat("item { ...F }", 30) + "} fragment F on Item { number self { number } }" },
        { "1,000 arguments and values", "{ nodes(ids: [" + Repeat("\"1\" ", 998) + "]) { number } }" },
        { "500 selections in a chain of 31 fragments",
            "{ ...F0 }" + Chain(31, i => i == 30 ? "hello " : i == 29 ? Repeat("...F30 ", 200) : $"hello ...F{i + 1}", end: 30) },
        { "10,000 nodes", "{ items(first: 100) { nodes { items(first: 100) { totalCount } } } }" },
        { "four lists without a size", "{ item {" + Repeat("others {", 4) + "number" + Repeat("}", 4) + "} }" },
        { "a page and its edges", "{ items(first: 100) { nodes { items(first: 50) { edges { node { number } } nodes { number } } } } }" },
        { "one guess, with its type's name", "mutation { signIn(name: \"a\") __typename }" },
        { "what tools ask first", Introspection },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public Task Answers_within_a_second_what_is_within_the_limits(string what, string query) => InTime.OnceAsync(_promised, async () =>
    {
        var watch = Stopwatch.StartNew();
        using var response = await _host.PostAsync(JsonSerializer.Serialize(new { query }));
        var answer = await response.ReadJsonAsync();
        var took = watch.Elapsed;
        Assert.Empty(answer.Codes());
        Assert.True(answer.TryGetProperty("data", out _), what);
        return took;
    });

    [Fact]
    public async Task Reckons_page_sizes_from_variables_at_every_call()
    {
        const string query = "query($n: Int!) { items(first: $n) { nodes { items(first: 100) { totalCount } } } }";
        Assert.Empty((await _host.QueryAsync(query, new { n = 100 })).Codes());
        Assert.Equal(["QUERY_TOO_COMPLEX"], (await _host.QueryAsync(query, new { n = 101 })).Codes());
        Assert.Empty((await _host.QueryAsync(query, new { n = 1 })).Codes());
    }

    [Fact]
    public async Task Names_at_most_five_errors_and_suggests_nothing()
    {
        var answer = await _host.QueryAsync("{" + string.Concat(Enumerable.Range(0, 400).Select(i => $"helo{i} ")) + "}");
        Assert.Equal(5, answer.Codes().Length);
        Assert.DoesNotContain("Did you mean", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Introspection_can_be_switched_off()
    {
        await using var host = await TransportHost.StartAsync(("Guard:Introspection", "false"));
        Assert.Equal(["GRAPHQL_VALIDATION_FAILED"], (await host.QueryAsync("{ __schema { queryType { name } } }")).Codes());
        Assert.Equal("ProbeQuery", (await host.QueryAsync("{ __typename }")).GetProperty("data").GetProperty("__typename").GetString());
    }

    [Fact]
    public async Task Limits_come_from_configuration()
    {
        await using var host = await TransportHost.StartAsync(("Guard:MaxDepth", "2"), ("Guard:ExclusiveRootFields:0", "add"));
        Assert.Equal(["QUERY_TOO_COMPLEX"], (await host.QueryAsync(Nested(2))).Codes());
        Assert.Equal(["QUERY_TOO_COMPLEX"], (await host.QueryAsync("mutation { add(amount: 1) b: add(amount: 2) }")).Codes());
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Nested(int levels) => "{ item {" + Repeat("self {", levels - 1) + "number" + Repeat("}", levels - 1) + "} }";

    private static string Chain(int count, Func<int, string> body, int? end = null) => string.Concat(Enumerable.Range(0, count + (end is null ? 1 : 0))
        .Select(i => $" fragment F{i} on ProbeQuery {{ {(i == count ? "hello" : body(i))} }}"));

    private const string Introspection = """
        query IntrospectionQuery {
          __schema {
            description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
            types { ...FullType }
            directives { name description locations args { ...InputValue } }
          }
        }
        fragment FullType on __Type {
          kind name description
          fields(includeDeprecated: true) {
            name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
          }
          inputFields { ...InputValue }
          interfaces { ...TypeRef }
          enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
          possibleTypes { ...TypeRef }
        }
        fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
        fragment TypeRef on __Type {
          kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
          ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
        }
        """;
}
