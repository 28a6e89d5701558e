namespace ChatService.Tests;

public enum DatabaseKind
{
    Postgres,
    Sqlite,
}

/// <summary>
/// Databases for tests, each with the current schema and empty, each a test class's own: copies of a template
/// that is migrated once per run. PostgreSQL comes from where <c>tests/postgres.sh</c> finds it.
/// </summary>
public static class Databases
{
    private static readonly Lazy<Task<PostgresServer>> _postgres = new(PostgresServer.StartAsync);
    private static readonly Lazy<Task<SqliteFolder>> _sqlite = new(SqliteFolder.CreateAsync);

    /// <summary>Brings an empty database to the current schema.</summary>
    public static Func<DatabaseKind, string, Task> MigrateAsync { get; set; } = ServiceHost.MigrateAsync;

    /// <summary>A migrated database; disposing drops it.</summary>
    public static async Task<TestDatabase> CreateAsync(DatabaseKind kind) => kind switch
    {
        DatabaseKind.Postgres => await (await _postgres.Value).CloneAsync(),
        DatabaseKind.Sqlite => (await _sqlite.Value).Copy(),
    };

    /// <summary>A database without any table; on PostgreSQL without the <c>vector</c> extension, too.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync(DatabaseKind kind) => kind switch
    {
        DatabaseKind.Postgres => await (await _postgres.Value).CreateEmptyAsync(),
        DatabaseKind.Sqlite => (await _sqlite.Value).Empty(),
    };

    /// <summary>Removes everything that was made for this run.</summary>
    internal static async Task RemoveAsync()
    {
        if (_postgres is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _postgres.Value).RemoveAsync();
        if (_sqlite is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            (await _sqlite.Value).Remove();
    }
}

/// <summary>A database of one test class.</summary>
/// <param name="Kind">Its engine.</param>
/// <param name="ConnectionString">For the service: on PostgreSQL as the database's owner, who is no superuser.</param>
/// <param name="AdminConnectionString">For the test: on PostgreSQL as a superuser.</param>
/// <param name="Drop">Removes it.</param>
public sealed record TestDatabase(DatabaseKind Kind, string ConnectionString, string AdminConnectionString, Func<Task> Drop) : IAsyncDisposable
{
    /// <summary>The value of <c>Database:Provider</c>.</summary>
    public string Provider => Kind switch { DatabaseKind.Postgres => "postgres", DatabaseKind.Sqlite => "sqlite" };

    public async ValueTask DisposeAsync() => await Drop();
}
