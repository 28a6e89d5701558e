using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace ChatService.Tests;

/// <summary>The processes of a PostgreSQL that is this run's alone and on this machine, to be killed and stopped.</summary>
internal sealed class PostgresProcesses
{
    private readonly string _connectionString;
    private readonly int _postmaster;

    private PostgresProcesses(string connectionString, int postmaster) => (_connectionString, _postmaster) = (connectionString, postmaster);

    /// <summary>Null where the server is a given one, or in a container: its processes are not ours.</summary>
    public static async Task<PostgresProcesses?> FindAsync(TestDatabase database)
    {
        if (Environment.GetEnvironmentVariable("CHAT_TEST_POSTGRES") is { Length: > 0 }) return null;
        var connectionString = database.AdminConnectionString + ";Pooling=false";
        var folder = (await QueryAsync<string>(connectionString, "SELECT current_setting('data_directory')"))[0];
        var file = Path.Combine(folder, "postmaster.pid");
        return File.Exists(file)
            ? new PostgresProcesses(connectionString, int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>Kills one that serves the service: the server ends all the others, and recovers from its log.</summary>
    public async Task KillOneAsync(Random random)
    {
        var serving = await QueryAsync<int>(
            _connectionString,
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY pid");
        if (serving.Count > 0) await SignalAsync("KILL", serving[random.Next(serving.Count)]);
    }

    /// <summary>Stops all of them where they stand; the answer is to be given to <see cref="ContinueAsync"/>.</summary>
    public async Task<IReadOnlyList<int>> StopAsync()
    {
        List<int> all = [_postmaster, .. await QueryAsync<int>(_connectionString, "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")];
        foreach (var pid in all) await SignalAsync("STOP", pid);
        return all;
    }

    public static async Task ContinueAsync(IReadOnlyList<int> stopped)
    {
        foreach (var pid in stopped) await SignalAsync("CONT", pid);
    }

    /// <summary>One that has ended meanwhile is no fault.</summary>
    private static async Task SignalAsync(string name, int pid)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{name}", $"{pid}"]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }

    private static async Task<IReadOnlyList<T>> QueryAsync<T>(string connectionString, string sql)
    {
        // After a kill the server takes a moment to recover.
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                await using var reader = await command.ExecuteReaderAsync();
                var rows = new List<T>();
                while (await reader.ReadAsync()) rows.Add(reader.GetFieldValue<T>(0));
                return rows;
            }
            catch (NpgsqlException) when (since.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
