using System.Text.Json;
using ChatService.Data;
using ChatService.GraphQL;

namespace ChatService.Tests;

public sealed class PageTypeTests
{
    [Theory]
    [InlineData("ItemConnection", "edges: [ItemEdge!]!, nodes: [Item!]!, pageInfo: PageInfo!, totalCount: Int!")]
    [InlineData("ItemEdge", "cursor: String!, node: Item!")]
    [InlineData("PageInfo", "endCursor: String, hasNextPage: Boolean!, hasPreviousPage: Boolean!, startCursor: String")]
    public async Task Pages_are_named_after_their_node_and_described(string name, string fields)
    {
        await using var host = await TransportHost.StartAsync();
        var answer = await host.QueryAsync(
            "query($n: String!) { __type(name: $n) { description fields { name description type { ...T } } } } " +
            "fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }", new { n = name });
        var type = answer.GetProperty("data").GetProperty("__type");
        Assert.Equal(fields, string.Join(", ", type.GetProperty("fields").EnumerateArray()
            .Select(f => $"{f.GetProperty("name").GetString()}: {Print(f.GetProperty("type"))}").Order()));
        Assert.All(type.GetProperty("fields").EnumerateArray().Append(type), t => Assert.NotEmpty(t.GetProperty("description").GetString()!));
    }

    [Fact]
    public async Task A_list_is_counted_only_when_that_is_asked_for()
    {
        var counted = 0;
        var connection = ConnectionType.From(
            new Page<int>([new("a", 1), new("b", 2)], HasNext: true, HasPrevious: false), n => $"node {n}", () => ProbeQuery.Count(() => ++counted));
        Assert.Equal(["node 1", "node 2"], connection.Nodes);
        Assert.Equal(new PageInfoType(true, false, "a", "b"), connection.PageInfo);
        Assert.Equal(0, counted);
        Assert.Equal(1, await connection.TotalCount().GetResultAsync());
    }

    private static string Print(JsonElement type) => type.GetProperty("kind").GetString() switch
    {
        "NON_NULL" => Print(type.GetProperty("ofType")) + "!",
        "LIST" => $"[{Print(type.GetProperty("ofType"))}]",
        _ => type.GetProperty("name").GetString()!,
    };
}
