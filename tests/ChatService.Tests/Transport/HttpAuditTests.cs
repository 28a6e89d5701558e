namespace ChatService.Tests;

public sealed class HttpAuditTests
{
    [Fact]
    public async Task All_61_audits_of_graphql_over_http_pass()
    {
        await using var host = await TransportHost.StartAsync();
        Assert.Equal("61 of 61 passed", (await NodeClients.RunAsync("audits.mjs", host.Url.ToString())).Trim());
    }
}
