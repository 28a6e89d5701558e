using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// The service's own log. It goes to the console alone, as lines of JSON unless the configuration says otherwise; the console's thread
/// writes it from a bounded queue, so that neither a slow reader of it nor a full disk behind it makes a request wait or fail.
/// </summary>
internal static partial class LogExtensions
{
    public static void AddChatLogs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, LogSecrecy>();
        // A start that fails is told by StartRefusal, or else by the runtime.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.AddSingleton<SignInLog>();
        // Before the framework's own filters, which refuse hosts.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, RequestLog>());
    }

    /// <summary>Says how the service was started: names alone, neither addresses nor keys.</summary>
    public static void LogMode(this WebApplication app)
    {
        var facade = app.Services.GetRequiredService<IOptions<FacadeOptions>>().Value.Mode;
        var database = app.Services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider;
        var models = string.Join(' ', app.Services.GetRequiredService<ModelCatalog>().All.Select(model => model.Name));
        var embeddings = app.Services.GetRequiredService<IOptions<EmbeddingOptions>>().Value;
        var embedder = embeddings.Provider == EmbeddingProvider.OpenAI ? embeddings.ModelId : "hashing";
        LogMode(app.Logger, app.Environment.EnvironmentName, facade, database, models, embedder);
    }

    public static void LogMigrated(this WebApplication app) => LogMigrated(app.Logger);

    [LoggerMessage(EventId = 9, EventName = "migrated", Level = LogLevel.Information, Message = "The tables are up to date.")]
    private static partial void LogMigrated(ILogger logger);

    [LoggerMessage(EventId = 8, EventName = "start", Level = LogLevel.Information,
        Message = "Starting in {Environment}: facade {Facade}, database {Database}, models {Models}, embedder {Embedder}")]
    private static partial void LogMode(ILogger logger, string environment, FacadeMode facade, DatabaseProvider database, string models, string embedder);
}
