namespace ChatService.Tests;

/// <summary>The service that is killed and started again, on a database that is away at times.</summary>
internal sealed class RoundService(TestDatabase database, FaultyProxy? proxy, ScriptedProvider provider) : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["ConnectionStrings:Chat"] = proxy?.ConnectionString ?? database.ConnectionString,
        ["Database:Deadline"] = "00:00:02",
        ["Completions:Lease"] = "00:00:03",
        ["Completions:LeaseRenewal"] = "00:00:00.5",
        ["Completions:FlushInterval"] = "00:00:00.1",
    };

    /// <summary>One after the other; the last one runs, or is being killed.</summary>
    private readonly List<ChatProcess> _processes = [];

    private volatile ChatProcess? _process;

    public FaultyProxy Proxy => proxy!;

    public bool HasProxy => proxy is not null;

    public int Kills { get; private set; }

    /// <summary>Whether it has ended without having been killed.</summary>
    public bool HasExited => _process!.HasExited;

    /// <summary>What all of its processes have logged.</summary>
    public string Output => string.Join("\n== started again ==\n", _processes.Select(process => process.Output));

    public Uri At(string path) => new(_process!.Address, path);

    public async Task StartAsync() => _processes.Add(_process = await ChatProcess.StartAsync(database, provider, _settings));

    public async Task KillAsync()
    {
        Kills++;
        Assert.False(HasExited, $"It ended before it was killed: {Output}");
        await _process!.KillAsync();
    }

    /// <summary>Ends it as an operator does.</summary>
    public async Task<int> StopAsync()
    {
        await _process!.SignalAsync("TERM");
        return await _process.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
    }
}
