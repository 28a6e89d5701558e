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

    private volatile ChatProcess? _process;

    public FaultyProxy Proxy => proxy!;

    public bool HasProxy => proxy is not null;

    public int Kills { get; private set; }

    /// <summary>Whether it has ended without having been killed.</summary>
    public bool HasExited => _process!.HasExited;

    public string Output => _process!.Output;

    public Uri At(string path) => new(_process!.Address, path);

    public async Task StartAsync() => _process = await ChatProcess.StartAsync(database, provider, _settings);

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
        if (_process is not null) await _process.DisposeAsync();
    }
}
