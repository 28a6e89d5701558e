namespace ChatService.Tests;

public sealed class ReadFirstTests
{
    [Theory]
    [InlineData("{ a: read b: read where: readings }", """{"a":1,"b":2,"where":0}""")]
    [InlineData("{ a: read one: readings b: read two: readings }", """{"a":1,"one":0,"b":2,"two":0}""")]
    [InlineData("{ a: read ...F } fragment F on ProbeQuery { b: read ... { where: readings } }", """{"a":1,"b":2,"where":0}""")]
    [InlineData("query($yes: Boolean = true) { a: read readings @include(if: $yes) c: readings @skip(if: $yes) }", """{"a":1,"readings":0}""")]
    [InlineData("{ readings }", """{"readings":0}""")]
    public async Task What_tells_where_things_stand_is_read_before_anything_else_and_stands_where_it_was_asked(string query, string data)
    {
        await using var host = await TransportHost.StartAsync();
        using var response = await host.PostAsync($$"""{"query":"{{query}}"}""");
        Assert.Equal($$"""{"data":{{data}}}""", await response.Content.ReadAsStringAsync());
    }
}
