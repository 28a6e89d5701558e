using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatService.Tests;

/// <summary>The service, in this process, on a port of its own.</summary>
public sealed class ChatApp : WebApplicationFactory<Program>
{
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly string _environment;
    private readonly Action<IServiceCollection>? _services;

    private ChatApp(IReadOnlyDictionary<string, string?> settings, string environment, Action<IServiceCollection>? services)
    {
        _settings = settings;
        _environment = environment;
        _services = services;
    }

    /// <summary>The address it listens on.</summary>
    public Uri Address => ClientOptions.BaseAddress;

    /// <param name="database">Where it stores.</param>
    /// <param name="provider">Its model; without one, the built-in offline model.</param>
    /// <param name="settings">Further settings, which win over those made here.</param>
    /// <param name="environment">Development, as <c>dotnet run</c> has it, or Production.</param>
    /// <param name="services">Replaces services, such as the clock.</param>
    public static ChatApp Start(
        TestDatabase database,
        ScriptedProvider? provider = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        string environment = "Development",
        Action<IServiceCollection>? services = null)
    {
        var app = new ChatApp(ChatSettings.For(database, provider?.Endpoint, settings), environment, services);
        app.UseKestrel(0);
        app.StartServer();
        return app;
    }

    /// <summary>A client that sends this session token, or none.</summary>
    public HttpClient As(string? token)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_environment);
        if (_services is not null)
            builder.ConfigureTestServices(_services);
    }

    // As the host's configuration they are there when Program begins to read its own.
    protected override IHost CreateHost(IHostBuilder builder) =>
        base.CreateHost(builder.ConfigureHostConfiguration(configuration => configuration.AddInMemoryCollection(_settings)));
}
