using Microsoft.Data.Sqlite;

namespace ChatService.Tests;

/// <summary>A temporary folder with a migrated SQLite file and the copies made of it.</summary>
internal sealed class SqliteFolder
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-sqlite.").FullName;
    private int _databases;

    private string Template => Path.Combine(_folder, "template.db");

    public static async Task<SqliteFolder> CreateAsync()
    {
        var folder = new SqliteFolder();
        var connectionString = ConnectionString(folder.Template);
        await Databases.MigrateAsync(DatabaseKind.Sqlite, connectionString);
        SqliteConnection.ClearPool(new SqliteConnection(connectionString));
        await using var template = new SqliteConnection(connectionString);
        await template.OpenAsync();
        await using var command = template.CreateCommand();
        // A copy of the file alone must have everything.
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
        return folder;
    }

    public TestDatabase Copy()
    {
        var database = Empty();
        File.Copy(Template, new SqliteConnectionStringBuilder(database.ConnectionString).DataSource);
        return database;
    }

    public TestDatabase Empty()
    {
        // A folder each, since the log and the index of a database lie beside it.
        var own = Directory.CreateDirectory(Path.Combine(_folder, $"{Interlocked.Increment(ref _databases)}")).FullName;
        var connectionString = ConnectionString(Path.Combine(own, "chat.db"));
        return new TestDatabase(DatabaseKind.Sqlite, connectionString, connectionString, () =>
        {
            SqliteConnection.ClearPool(new SqliteConnection(connectionString));
            Directory.Delete(own, recursive: true);
            return Task.CompletedTask;
        });
    }

    public void Remove() => Directory.Delete(_folder, recursive: true);

    private static string ConnectionString(string file) => new SqliteConnectionStringBuilder { DataSource = file }.ToString();
}
