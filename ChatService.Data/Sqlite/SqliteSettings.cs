using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatService.Data;

/// <summary>What SQLite forgets from one connection to the next: an acknowledged commit is on the disk, and readers never wait for the writer.</summary>
internal sealed class SqliteSettings : DbConnectionInterceptor
{
    /// <summary>Units of work at once: its calls are not asynchronous. More would be no faster, and keep the threads that others need.</summary>
    public const int AtOnce = 16;

    private const string File = "Data Source=chat.db";

    /// <summary>Whoever finds the file locked by another program waits no longer than a unit of work may take.</summary>
    public static string WithTimeout(DatabaseOptions options)
    {
        var settings = new SqliteConnectionStringBuilder(options.ConnectionString is { Length: > 0 } given ? given : File);
        if (!new DbConnectionStringBuilder { ConnectionString = settings.ToString() }.ContainsKey("Default Timeout"))
            settings.DefaultTimeout = (int)Math.Ceiling(options.Deadline.TotalSeconds);
        return settings.ToString();
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
