using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ChatService.Tests;

/// <summary>Runs the scripts of tests/clients, whose packages are installed from their lock file when they are not there.</summary>
internal static class NodeClients
{
    private static readonly Lazy<Task> _installed = new(InstallAsync);

    /// <returns>What the script printed.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        await _installed.Value;
        return await StartAsync("node", [script, .. arguments]);
    }

    private static Task InstallAsync()
    {
        // npm writes its own lock file last.
        var installed = Path.Combine(Folder(), "node_modules", ".package-lock.json");
        var isCurrent = File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(Folder(), "package-lock.json"));
        return isCurrent ? Task.CompletedTask : StartAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    }

    private static async Task<string> StartAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
        return await output;
    }

    private static string Folder([CallerFilePath] string here = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "clients"));
}
