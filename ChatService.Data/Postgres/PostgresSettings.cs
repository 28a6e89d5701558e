using System.Data.Common;
using Npgsql;

namespace ChatService.Data;

/// <summary>How long PostgreSQL may keep somebody waiting, where the connection string does not say.</summary>
internal static class PostgresSettings
{
    private const int Seconds = 2;
    private const int CancellationMilliseconds = 500;

    public static string WithTimeouts(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // The driver's own builder contains every key that there is.
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ToString() };
        // To connect, and to get a connection from the pool.
        if (!given.ContainsKey("Timeout")) settings.Timeout = Seconds;
        // A server that hangs does not answer to being asked to stop either.
        if (!given.ContainsKey("Cancellation Timeout")) settings.CancellationTimeout = CancellationMilliseconds;
        return settings.ToString();
    }
}
