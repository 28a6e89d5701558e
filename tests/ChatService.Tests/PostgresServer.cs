using System.Diagnostics;
using Npgsql;

namespace ChatService.Tests;

/// <summary>The PostgreSQL of this test run, with a migrated template and a role that owns the databases made from it.</summary>
internal sealed class PostgresServer
{
    private readonly Process _script;
    private readonly NpgsqlDataSource _admin;
    private readonly string _adminConnectionString;
    // Also the role's name, with an exclamation mark its password, and the template's name. A given server may serve several runs at once.
    private readonly string _run = $"chat_test_{Guid.NewGuid():N}"[..20];
    private int _databases;

    private PostgresServer(Process script, string adminConnectionString)
    {
        _script = script;
        _adminConnectionString = adminConnectionString;
        // Some tests kill the server's processes, and what a pool holds with them.
        _admin = NpgsqlDataSource.Create(adminConnectionString + ";Pooling=false");
    }

    public static async Task<PostgresServer> StartAsync()
    {
        // Half of the tests hang on this one start, so it is not given up at once.
        var failures = new List<string>();
        while (failures.Count < 3)
        {
            // The script serves until its standard input ends, so until this process does, however that comes about.
            var script = Process.Start(new ProcessStartInfo("bash", [Repository.PathOf("tests/postgres.sh"), "serve"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (await script.StandardOutput.ReadLineAsync() is { } connectionString)
            {
                var server = new PostgresServer(script, connectionString);
                await server.CreateTemplateAsync();
                return server;
            }

            var said = await script.StandardError.ReadToEndAsync();
            await script.WaitForExitAsync();
            failures.Add($"tests/postgres.sh ended with {script.ExitCode}: {said}");
        }

        throw new InvalidOperationException(string.Join(Environment.NewLine, failures.Distinct()));
    }

    public Task<TestDatabase> CloneAsync() => CreateAsync($"TEMPLATE {_run}");

    // template0 has only what PostgreSQL itself brings, also on a server where somebody filled template1.
    public Task<TestDatabase> CreateEmptyAsync() => CreateAsync("TEMPLATE template0");

    /// <summary>Stops a server of our own; on a given one removes what was made there.</summary>
    public async Task RemoveAsync()
    {
        await ExecuteAsync(_admin, $"DROP DATABASE {_run}");
        await ExecuteAsync(_admin, $"DROP ROLE {_run}");
        await _admin.DisposeAsync();
        _script.StandardInput.Close();
        await _script.WaitForExitAsync();
    }

    private async Task<TestDatabase> CreateAsync(string template)
    {
        var name = $"{_run}_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(_admin, $"CREATE DATABASE {name} OWNER {_run} {template}");
        return new TestDatabase(DatabaseKind.Postgres, ForService(name), ForAdmin(name),
            () => ExecuteAsync(_admin, $"DROP DATABASE {name} WITH (FORCE)"));
    }

    private async Task CreateTemplateAsync()
    {
        await ExecuteAsync(_admin, $"CREATE ROLE {_run} LOGIN PASSWORD '{_run}!'");
        await ExecuteAsync(_admin, $"CREATE DATABASE {_run} OWNER {_run} TEMPLATE template0");
        await using (var template = NpgsqlDataSource.Create(ForAdmin(_run) + ";Pooling=false"))
            await ExecuteAsync(template, "CREATE EXTENSION vector");
        await Databases.MigrateAsync(DatabaseKind.Postgres, ForService(_run) + ";Pooling=false");
        // A template with a connection to it cannot be cloned.
        await ExecuteAsync(_admin, $"ALTER DATABASE {_run} ALLOW_CONNECTIONS false");
    }

    private string ForAdmin(string database) => new NpgsqlConnectionStringBuilder(_adminConnectionString) { Database = database }.ToString();

    private string ForService(string database) =>
        new NpgsqlConnectionStringBuilder(_adminConnectionString) { Database = database, Username = _run, Password = $"{_run}!" }.ToString();

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
