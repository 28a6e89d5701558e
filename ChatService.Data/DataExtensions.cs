using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatService.Data;

public static class DataExtensions
{
    private const string ConnectionName = "Chat";
    private const int Retries = 2;

    /// <summary>Many rows take long to rewrite, and nobody waits for an answer meanwhile.</summary>
    private static readonly TimeSpan _forMigrations = TimeSpan.FromHours(12);

    /// <summary>The service library: tables, services, the engine that makes answers. Opens nothing yet.</summary>
    public static IServiceCollection AddChatData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>().Bind(configuration.GetSection(DatabaseOptions.Section))
            .Configure(o => o.ConnectionString = configuration.GetConnectionString(ConnectionName) ?? o.ConnectionString)
            .ValidateDataAnnotations()
            .Validate(o => o.Provider == DatabaseProvider.Sqlite || o.ConnectionString.Length > 0, "ConnectionStrings:Chat is needed with Database:Provider=postgres.")
            .ValidateOnStart();
        services.AddOptions<SecurityOptions>().Bind(configuration.GetSection(SecurityOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CompletionOptions>().Bind(configuration.GetSection(CompletionOptions.Section))
            .ValidateDataAnnotations().Validate(ModelCatalog.Check, ModelCatalog.Expected).ValidateOnStart();
        services.AddOptions<CompletionLimits>().Bind(configuration.GetSection(CompletionLimits.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<EmbeddingOptions>().Bind(configuration.GetSection(EmbeddingOptions.Section))
            .ValidateDataAnnotations().Validate(EmbeddingOptions.Check, EmbeddingOptions.Expected).ValidateOnStart();
        services.AddOptions<ChangeOptions>().Bind(configuration.GetSection(ChangeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        AddContexts(services);
        services.AddSingleton<Clock>().AddSingleton<WakeUps>().AddSingleton<ChatDatabase>().AddSingleton<IdBlocks>().AddSingleton<Eraser>();
        services.AddSingleton<DatabaseHealth>().AddSingleton<ProviderHealth>();
        services.AddSingleton<PasswordHasher>().AddSingleton<SessionService>().AddSingleton<UserService>();
        services.AddSingleton<ConversationService>().AddSingleton<MessageService>().AddSingleton<MessageHistory>();
        services.TryAddSingleton<LimitTelemetry>();
        services.AddSingleton<ModelCatalog>().AddSingleton<CompletionTelemetry>().AddSingleton<Recollection>();
        services.AddSingleton<CompletionQuota>().AddSingleton<CompletionEngine>().AddSingleton<CompletionService>().AddSingleton<CompletionWatcher>();
        services.AddSingleton<IndexTelemetry>().AddSingleton<Embedders>().AddSingleton<SearchModels>().AddSingleton<SearchRanker>().AddSingleton<SearchService>();
        services.AddSingleton<IMessageIndex>(provider => provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteMessageIndex(),
            DatabaseProvider.Postgres => new PostgresMessageIndex(),
        });
        services.AddHostedService(provider => provider.GetRequiredService<CompletionEngine>());
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService<CompletionKeeper>();
        services.AddHostedService<Indexer>();
        services.AddHostedService<Housekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<Eraser>());
        services.AddHostedService<PostgresWakeUp>();
        return services;
    }

    /// <summary>Brings the database up to this version's tables; makes it where there is none.</summary>
    /// <exception cref="StartRefusedException">PostgreSQL's extension is missing, and its role may not make it.</exception>
    public static async Task MigrateChatAsync(this IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync(ct);
        db.Database.SetCommandTimeout(_forMigrations);
        try
        {
            // Entity Framework asks for it by reading it, and logs it as an error where there is none.
            if (await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(ct)) await db.GetService<IHistoryRepository>().CreateIfNotExistsAsync(ct);
            await db.Database.MigrateAsync(ct);
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.UndefinedFile)
        {
            throw new StartRefusedException(
                $"The tables cannot be made: {fault.MessageText}. PostgreSQL needs pgvector's files, and a superuser has to run this once in the service's database: CREATE EXTENSION vector;", fault);
        }
    }

    /// <summary>Refuses a database that is not at this version's tables.</summary>
    /// <exception cref="StartRefusedException">Migrations are missing.</exception>
    public static async Task CheckChatMigrationsAsync(this IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync(ct);
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
            throw new StartRefusedException("The database is not up to date: start once with --migrate.");
    }

    /// <summary>The database's own settings that let it forget what it has acknowledged; SQLite's are set with every connection.</summary>
    public static async Task<IReadOnlyList<string>> FindUndurableSettingsAsync(this IServiceProvider services, CancellationToken ct)
    {
        if (services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider != DatabaseProvider.Postgres) return [];
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync(ct);
        return await PostgresDurability.FindOffAsync(db, ct);
    }

    /// <summary>Whether the values of statements go into the log.</summary>
    public static bool LogsContentOfQueries(this IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();
        return db.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>() is { IsSensitiveDataLoggingEnabled: true };
    }

    private static void AddContexts(IServiceCollection services)
    {
        services.AddPooledDbContextFactory<SqliteChatDbContext>((provider, options) => options
            .UseSqlite(SqliteSettings.WithTimeout(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value))
            .AddInterceptors(new SqliteSettings())
            .ConfigureChat());
        services.AddPooledDbContextFactory<PostgresChatDbContext>((provider, options) => options
            .UseNpgsql(
                PostgresSettings.WithTimeouts(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value),
                postgres => postgres.UseVector().EnableRetryOnFailure(Retries, TimeSpan.FromSeconds(0.5), null))
            .ConfigureChat());
        services.AddSingleton<IDbContextFactory<ChatDbContext>>(provider => provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider switch
        {
            DatabaseProvider.Sqlite => new Contexts<SqliteChatDbContext>(provider.GetRequiredService<IDbContextFactory<SqliteChatDbContext>>()),
            DatabaseProvider.Postgres => new Contexts<PostgresChatDbContext>(provider.GetRequiredService<IDbContextFactory<PostgresChatDbContext>>()),
        });
    }

    private static void ConfigureChat(this DbContextOptionsBuilder options) => options
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        // Comparing the whole model with the last migration's is for a test, not for each start.
        .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));

    /// <summary>The factory's type is not covariant.</summary>
    private sealed class Contexts<T>(IDbContextFactory<T> factory) : IDbContextFactory<ChatDbContext>
        where T : ChatDbContext
    {
        public ChatDbContext CreateDbContext() => factory.CreateDbContext();

        public async Task<ChatDbContext> CreateDbContextAsync(CancellationToken cancellationToken) => await factory.CreateDbContextAsync(cancellationToken);
    }
}
