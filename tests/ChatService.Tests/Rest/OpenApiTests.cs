namespace ChatService.Tests;

public class OpenApiTests(Facade facade) : IClassFixture<Facade>
{
    [Fact]
    public async Task The_committed_description_is_the_one_that_is_served()
    {
        var served = await facade.Client.GetStringAsync("/openapi.json");
        var committed = await File.ReadAllTextAsync(Repository.PathOf("ChatService.Rest/openapi.json"));
        Assert.Equal(committed.TrimEnd(), served.ReplaceLineEndings("\n").TrimEnd());
    }
}

/// <summary>The description as its readers have it: other people's tools, and those who try what it shows.</summary>
public class OpenApiReaderTests(SqliteApp app) : IClassFixture<SqliteApp>
{
    [Fact]
    public async Task A_public_validator_finds_nothing_wrong() => Assert.Equal("", await NodeClients.RunAsync("openapi.mjs", app.App.Address.AbsoluteUri));

    [Fact]
    public Task In_Chromium_its_page_loads_nothing_from_elsewhere_and_sends_requests() => NodeClients.RunAsync("docs.mjs", app.App.Address.AbsoluteUri);
}
