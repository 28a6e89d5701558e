using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>The service as a process of its own, for tests that kill it, stop it or run two of it.</summary>
public sealed partial class ChatProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private ChatProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Where it listens; <see cref="StartAsync"/> has waited for it.</summary>
    public Uri Address => _listening.Task.Result;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has logged so far.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>The files that it has loaded, libraries among them, as Linux lists them.</summary>
    public string MappedFiles => File.ReadAllText($"/proc/{_process.Id}/maps");

    /// <summary>Starts it and returns when it listens.</summary>
    public static async Task<ChatProcess> StartAsync(
        TestDatabase database, ScriptedProvider? provider = null, IReadOnlyDictionary<string, string?>? settings = null,
        string environment = "Development", string? published = null)
    {
        var service = Launch(["--urls", "http://127.0.0.1:0"], ChatSettings.For(database, provider?.Endpoint, settings), environment, published);
        if (await Task.WhenAny(service._listening.Task, service._reading) != service._listening.Task)
            throw new InvalidOperationException($"The service ended with {await service.ExitAsync()} instead of listening: {service.Output}");
        return service;
    }

    /// <summary>Runs it until it ends by itself, as <c>--migrate</c> does, or a start that is refused.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> settings, string environment = "Production", string? published = null)
    {
        await using var service = Launch(arguments, settings, environment, published);
        return (await service.ExitAsync(), service.Output);
    }

    /// <summary>What it holds now: memory in MiB, threads and open files, sockets included.</summary>
    public (double Memory, int Threads, int Files) Weight()
    {
        _process.Refresh();
        return (_process.WorkingSet64 / (1024.0 * 1024), _process.Threads.Count, Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length);
    }

    public HttpClient CreateClient() => new() { BaseAddress = Address };

    /// <summary>Ends it at once: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>Sends a signal by its name, such as <c>TERM</c>, <c>STOP</c> or <c>CONT</c>.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The exit code, once it has ended and all its output is read.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <param name="published">A folder that <c>dotnet publish</c> has made; without it, what the tests were built with, on the source's pages.</param>
    private static ChatProcess Launch(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> settings, string environment, string? published)
    {
        var program = Path.Combine(published ?? AppContext.BaseDirectory, "ChatService.GraphQL.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            // As `dotnet run` does, so that it finds its settings and pages; what is published finds them from anywhere.
            WorkingDirectory = published is null ? Repository.PathOf("ChatService.GraphQL") : "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = environment,
                ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new ChatProcess(Process.Start(start)!);
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output) _output.AppendLine(line);
            if (Listening().Match(line) is { Success: true } match)
                _listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (http://[\d.:]+)")]
    private static partial Regex Listening();
}
