using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>The process: its address, what a request may weigh, how it starts and stops.</summary>
internal static class Server
{
    private const string DefaultUrl = "http://localhost:3001";
    private const int MaximumBodyBytes = 1024 * 1024;
    /// <summary>The server counts the frames of a chunked body, too; what is in them is measured by who reads it.</summary>
    private const int MaximumFramingBytes = 64 * 1024;

    public static void ConfigureChatServer(this WebApplicationBuilder builder)
    {
        var (host, configuration) = (builder.WebHost, builder.Configuration);
        // In code and not in appsettings.json, where it would win over ASPNETCORE_URLS.
        if (configuration["urls"] is null && configuration["http_ports"] is null && configuration["https_ports"] is null
            && !configuration.GetSection("Kestrel:Endpoints").Exists())
            host.UseUrls(DefaultUrl);
        host.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = MaximumBodyBytes + MaximumFramingBytes;
            server.Limits.MaxRequestLineSize = 8 * 1024;
            server.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(24));
        builder.Services.AddHostedService<AddressCheck>();
    }

    /// <summary>
    /// Brings the database up to date where that is wanted, and refuses to start on one that is not, or with unsafe settings. Builds the schema at the same
    /// time, so that the first caller waits for neither.
    /// </summary>
    /// <returns>True when the process was started for the database alone.</returns>
    public static async Task<bool> PrepareAsync(this WebApplication app, bool migrateOnly)
    {
        var schema = migrateOnly ? Task.CompletedTask : Task.Run(() => app.Services.GetRequiredService<Documents>().CompileAsync("{ __typename }", default).AsTask());
        await Task.WhenAll(schema, app.PrepareDatabaseAsync(migrateOnly));
        if (migrateOnly) app.LogMigrated();
        return migrateOnly;
    }

    private static async Task PrepareDatabaseAsync(this WebApplication app, bool migrateOnly)
    {
        if (!migrateOnly && !app.Environment.IsDevelopment()) StartRules.CheckSettings(app);
        var sqlite = app.Services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider == DatabaseProvider.Sqlite;
        if (migrateOnly || sqlite || app.Environment.IsDevelopment()) await app.Services.MigrateChatAsync(CancellationToken.None);
        else await StartRules.CheckDatabaseAsync(app.Services, CancellationToken.None);
    }

    /// <summary>Answers of the framework itself, such as 404 and 405, have the form of all others.</summary>
    public static void UseChatProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    /// <summary>A connection that is kept would keep its caller here, where a new one finds an instance that does not stop.</summary>
    public static void UseLastAnswers(this WebApplication app) => app.Use((http, next) =>
    {
        if (app.Lifetime.ApplicationStopping.IsCancellationRequested && HttpProtocol.IsHttp11(http.Request.Protocol))
            http.Response.Headers.Connection = "close";
        return next(http);
    });
}
