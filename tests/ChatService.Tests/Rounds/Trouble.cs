namespace ChatService.Tests;

internal enum Fault
{
    KillService,
    KillServiceWhileHung,
    Refuse,
    Hang,
    Cut,
    KillBackend,
    StopServer,
}

/// <summary>
/// Makes faults at random moments of the load, each kind once before any kind comes again. Where the server is not ours, what a client sees of it is made by the proxy.
/// </summary>
internal sealed class Trouble(RoundService service, PostgresProcesses? server, Journal journal, Random random)
{
    private readonly Queue<Fault> _deck = new();

    public List<Fault> Made { get; } = [];

    public async Task MakeAsync()
    {
        // In the midst of the load, however fast the machine is.
        var target = journal.Acknowledged + random.Next(5, 40);
        await Eventually.GetAsync(() => Task.FromResult(journal.Acknowledged), acknowledged => acknowledged >= target);
        var fault = Draw();
        Made.Add(fault);
        switch (fault)
        {
            case Fault.KillService:
                await service.KillAsync();
                await service.StartAsync();
                break;
            case Fault.KillServiceWhileHung:
                service.Proxy.Stall();
                await PassAsync(0.1, 0.5);
                await service.KillAsync();
                // What was on its way to the database arrives all the same.
                service.Proxy.Resume();
                await service.StartAsync();
                break;
            case Fault.Refuse:
                journal.Away("refused");
                await service.Proxy.RefuseAsync();
                await PassAsync(0.5, 1.5);
                service.Proxy.Accept();
                journal.Back();
                break;
            case Fault.Hang:
                await HangAsync();
                break;
            case Fault.Cut:
                service.Proxy.Cut();
                break;
            case Fault.KillBackend when server is not null:
                await server.KillOneAsync(random);
                break;
            case Fault.KillBackend:
                service.Proxy.Cut();
                break;
            case Fault.StopServer when server is not null:
                await StopAsync(server);
                break;
            case Fault.StopServer:
                await HangAsync();
                break;
        }
    }

    private Fault Draw()
    {
        if (_deck.Count == 0)
        {
            Fault[] all = service.HasProxy ? Enum.GetValues<Fault>() : [Fault.KillService];
            random.Shuffle(all);
            foreach (var fault in all) _deck.Enqueue(fault);
        }

        return _deck.Dequeue();
    }

    private async Task HangAsync()
    {
        journal.Away("hung");
        service.Proxy.Stall();
        await PassAsync(1, 3.5);
        service.Proxy.Resume();
        journal.Back();
    }

    private async Task StopAsync(PostgresProcesses postgres)
    {
        journal.Away("hung");
        var stopped = await postgres.StopAsync();
        try
        {
            await PassAsync(1, 3.5);
        }
        finally
        {
            await PostgresProcesses.ContinueAsync(stopped);
        }

        journal.Back();
    }

    /// <summary>So many seconds a fault lasts.</summary>
    private Task PassAsync(double least, double most) => Task.Delay(TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least))));
}
