using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatService.Tests;

public sealed class DatabasesTests
{
    [Fact]
    public async Task Two_postgres_databases_share_nothing_and_know_vectors()
    {
        await using var one = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using var other = await Databases.CreateAsync(DatabaseKind.Postgres);
        Assert.Equal("postgres", one.Provider);

        await using var first = NpgsqlDataSource.Create(one.ConnectionString);
        await using var second = NpgsqlDataSource.Create(other.ConnectionString);
        await ScalarAsync(first, "CREATE TABLE only_here (v vector)");
        Assert.Equal("[1,2]", await ScalarAsync(first, "INSERT INTO only_here VALUES ('[1,2]') RETURNING v::text"));
        Assert.Equal(DBNull.Value, await ScalarAsync(second, "SELECT to_regclass('only_here')::text"));
    }

    [Fact]
    public async Task The_service_is_no_superuser_and_the_server_keeps_what_it_is_given()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using var service = NpgsqlDataSource.Create(database.ConnectionString);
        await using var admin = NpgsqlDataSource.Create(database.AdminConnectionString);
        Assert.Equal("off", await ScalarAsync(service, "SELECT current_setting('is_superuser')"));
        Assert.Equal("on", await ScalarAsync(admin, "SELECT current_setting('is_superuser')"));
        foreach (var setting in (string[])["fsync", "full_page_writes", "synchronous_commit"])
            Assert.Equal("on", await ScalarAsync(service, $"SELECT current_setting('{setting}')"));
    }

    [Fact]
    public async Task A_postgres_database_is_gone_after_it_has_been_disposed()
    {
        var database = await Databases.CreateEmptyAsync(DatabaseKind.Postgres);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        Assert.Equal(0L, await ScalarAsync(source, "SELECT count(*) FROM pg_extension WHERE extname = 'vector'"));
        await database.DisposeAsync();

        await using var again = NpgsqlDataSource.Create(database.ConnectionString);
        var error = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(again, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, error.SqlState);
    }

    [Fact]
    public async Task Two_sqlite_databases_share_nothing_and_go_with_their_folder()
    {
        var one = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var other = await Databases.CreateAsync(DatabaseKind.Sqlite);
        Assert.Equal("sqlite", one.Provider);
        Assert.Equal(0L, await ScalarAsync(one, "CREATE TABLE only_here (x); SELECT count(*) FROM only_here"));
        await Assert.ThrowsAsync<SqliteException>(() => ScalarAsync(other, "SELECT count(*) FROM only_here"));

        var file = new SqliteConnectionStringBuilder(one.ConnectionString).DataSource;
        Assert.True(File.Exists(file));
        await one.DisposeAsync();
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<object?> ScalarAsync(TestDatabase database, string sql)
    {
        await using var connection = new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
