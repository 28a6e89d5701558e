namespace ChatService.Tests;

public class OpenApiTests(Facade facade) : IClassFixture<Facade>
{
    [Fact]
    public async Task The_committed_description_is_the_one_that_is_served()
    {
        var served = await facade.Client.GetStringAsync("/openapi.json");
        var committed = await File.ReadAllTextAsync(Path.Combine(Root(), "ChatService.Rest", "openapi.json"));
        Assert.Equal(committed.TrimEnd(), served.ReplaceLineEndings("\n").TrimEnd());
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ChatService.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests must run inside the repository.");
        return folder.FullName;
    }
}
