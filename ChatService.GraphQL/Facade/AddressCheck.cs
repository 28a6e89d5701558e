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
        // The server knows these only once it listens.
        Check(configuration.GetSection(Endpoints).GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().Concat(Addresses));
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

    private void Check(IEnumerable<string> addresses)
    {
        if (facade.Value.Refuse(addresses) is { } refused) throw new OptionsValidationException(FacadeOptions.Section, typeof(FacadeOptions), [refused]);
    }

    [LoggerMessage(LogLevel.Warning, "The REST facade is in documented mode: whoever reaches {Addresses} acts as anybody. Facade:Mode=secure changes that.")]
    private partial void LogDocumented(string addresses);
}
