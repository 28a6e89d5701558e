using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatService.Data;

/// <summary>What SQLite forgets from one connection to the next: an acknowledged commit is on the disk, and readers never wait for the writer.</summary>
internal sealed class SqliteSettings : DbConnectionInterceptor
{
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
