namespace ChatService.Tests;

/// <summary>The checked-out repository that these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ChatService.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No ChatService.sln above {AppContext.BaseDirectory}.");
    }
}
