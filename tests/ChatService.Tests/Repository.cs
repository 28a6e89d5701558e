namespace ChatService.Tests;

/// <summary>The checked-out repository that these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Keeps what somebody will want to read after a test, where nothing is checked in.</summary>
    /// <param name="relative">Below <c>artifacts</c>.</param>
    /// <returns>The file's whole path.</returns>
    public static string Keep(string relative, string text)
    {
        var path = PathOf(Path.Combine("artifacts", relative));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ChatService.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No ChatService.sln above {AppContext.BaseDirectory}.");
    }
}
