using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace ChatService.Tests;

/// <summary>Runs the scripts of tests/clients, whose packages are installed from their lock file when they are not there.</summary>
internal static class NodeClients
{
    private static readonly Lazy<Task> _installed = new(InstallAsync);

    /// <returns>What the script printed.</returns>
    public static Task<string> RunAsync(string script, params string[] arguments) => WatchAsync(_ => { }, script, arguments);

    /// <param name="told">Hears each line when it is printed.</param>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<string> WatchAsync(Action<string> told, string script, params string[] arguments)
    {
        await _installed.Value;
        return await StartAsync("node", [script, .. arguments], told);
    }

    private static Task InstallAsync()
    {
        // npm writes its own lock file last.
        var installed = Path.Combine(Folder(), "node_modules", ".package-lock.json");
        var isCurrent = File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(Folder(), "package-lock.json"));
        return isCurrent ? Task.CompletedTask : StartAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], _ => { });
    }

    private static async Task<string> StartAsync(string program, string[] arguments, Action<string> told)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        var output = ReadAsync(process.StandardOutput, told, limit.Token);
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

    private static async Task<string> ReadAsync(StreamReader output, Action<string> told, CancellationToken ct)
    {
        var all = new StringBuilder();
        while (await output.ReadLineAsync(ct) is { } line)
        {
            all.Append(line).Append('\n');
            told(line);
        }

        return all.ToString();
    }

    private static string Folder([CallerFilePath] string here = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "clients"));
}
