using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatService.Tests;

/// <summary>The service library running by itself: no web host, no GraphQL.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ServiceHost(IHost host) => _host = host;

    public static async Task<ServiceHost> StartAsync(DatabaseKind kind, string connectionString, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Database:Provider"] = kind.ToString(),
                ["ConnectionStrings:Chat"] = connectionString,
                ["Completions:OfflineWordDelay"] = "00:00:00",
            }.Concat(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))));
        builder.Services.AddLogging().AddChatData(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return new ServiceHost(host);
    }

    /// <summary>Brings an empty database to this version's tables.</summary>
    public static async Task MigrateAsync(DatabaseKind kind, string connectionString)
    {
        var services = new ServiceCollection().AddLogging().AddChatData(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = kind.ToString(),
            ["ConnectionStrings:Chat"] = connectionString,
        }).Build());
        await using var provider = services.BuildServiceProvider();
        await provider.MigrateChatAsync(CancellationToken.None);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public ChatDbContext Open() => Get<IDbContextFactory<ChatDbContext>>().CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}
