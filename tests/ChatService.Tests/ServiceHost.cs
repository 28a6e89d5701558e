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
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = kind.ToString(),
            ["ConnectionStrings:Chat"] = connectionString,
            ["Database:Deadline"] = "00:00:20",
            ["Embeddings:QueryTimeout"] = "00:01:00",
            ["Completions:OfflineWordDelay"] = "00:00:00",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Services.AddLogging().AddChatData(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return new ServiceHost(host);
    }

    /// <summary>Brings an empty database to this version's tables.</summary>
    public static async Task MigrateAsync(DatabaseKind kind, string connectionString)
    {
        await using var services = Idle(kind, connectionString);
        await services.MigrateChatAsync(CancellationToken.None);
    }

    /// <summary>Looks into a database beside whatever works on it.</summary>
    public static async Task<T> ReadAsync<T>(TestDatabase database, Func<ChatDbContext, Task<T>> read)
    {
        await using var services = Idle(database.Kind, database.ConnectionString);
        await using var db = services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();
        return await read(db);
    }

    private static ServiceProvider Idle(DatabaseKind kind, string connectionString) => new ServiceCollection().AddLogging()
        .AddChatData(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = kind.ToString(),
            ["ConnectionStrings:Chat"] = connectionString,
            ["Database:Deadline"] = "00:00:20",
        }).Build()).BuildServiceProvider();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public ChatDbContext Open() => Get<IDbContextFactory<ChatDbContext>>().CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}
