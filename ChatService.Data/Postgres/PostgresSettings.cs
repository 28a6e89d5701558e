using System.Data.Common;
using Npgsql;

namespace ChatService.Data;

/// <summary>How long PostgreSQL may keep somebody waiting, where the connection string does not say.</summary>
internal static class PostgresSettings
{
    private const int CancellationMilliseconds = 500;

    /// <summary>Connections that the pool may have open at once; null without a pool.</summary>
    public static int? PoolSize(DatabaseOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        return settings.Pooling ? settings.MaxPoolSize : null;
    }

    public static string WithTimeouts(DatabaseOptions options)
    {
        var seconds = (int)Math.Ceiling(options.Deadline.TotalSeconds);
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        // The driver's own builder contains every key that there is.
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ToString() };
        // To connect, and to get a connection from the pool.
        if (!given.ContainsKey("Timeout")) settings.Timeout = seconds;
        // Units of work have their own deadline; this one holds for asking a server that hangs to stop.
        if (!given.ContainsKey("Command Timeout")) settings.CommandTimeout = seconds;
        // A server that hangs does not answer to being asked to stop either.
        if (!given.ContainsKey("Cancellation Timeout")) settings.CancellationTimeout = CancellationMilliseconds;
        return settings.ToString();
    }
}
