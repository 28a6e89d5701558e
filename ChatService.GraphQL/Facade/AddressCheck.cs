using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Looks at the addresses that the server listens on: at the configured ones before it does, and at the real ones after.
/// What is refused ends the process with a line that says what is expected.
/// </summary>
internal sealed partial class AddressCheck(IServer server, IConfiguration configuration, IOptions<FacadeOptions> facade, ILogger<AddressCheck> logger)
    : IHostedLifecycleService
{
    private const string Endpoints = "Kestrel:Endpoints";

    private ICollection<string> Addresses => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The server knows what is configured only once it listens.
        Check(Addresses.Concat(Configured()));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(Addresses);
        if (facade.Value.Mode == FacadeMode.Documented) LogDocumented(string.Join(' ', Addresses));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>In the order in which one wins over the next; what is given as a port alone is open to every address.</summary>
    private IEnumerable<string> Configured() =>
        configuration.GetSection(Endpoints).GetChildren().ToList() is { Count: > 0 } endpoints ? endpoints.Select(endpoint => endpoint["Url"]).OfType<string>()
        : Listed("urls") is { Length: > 0 } urls ? urls
        : Listed("http_ports").Concat(Listed("https_ports")).Select(port => $"http://*:{port}");

    private string[] Listed(string key) => configuration[key]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private void Check(IEnumerable<string> addresses)
    {
        if (facade.Value.Refuse(addresses) is { } refused) throw new OptionsValidationException(FacadeOptions.Section, typeof(FacadeOptions), [refused]);
    }

    [LoggerMessage(LogLevel.Warning, "The REST facade is in documented mode: whoever reaches {Addresses} acts as anybody. Facade:Mode=secure changes that.")]
    private partial void LogDocumented(string addresses);
}
