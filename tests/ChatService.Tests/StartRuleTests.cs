using System.Net;
using System.Net.Sockets;
using ChatService.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChatService.Tests;

/// <summary>What the service does not start with outside Development, and what it then answers to whom.</summary>
public sealed class StartRuleTests
{
    private const string Key = "sk-proj-Zu8tGq2Lw9XbT4vN7mKc";

    [Fact]
    public async Task Unsafe_settings_are_refused_each_with_a_line_that_says_what_is_expected()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var refused = Refusal(database, new()
        {
            ["Completions:Models:0:ModelId"] = "a",
            ["Completions:Models:0:ApiKey"] = " ",
            ["Completions:Models:1:ModelId"] = "b",
            ["Completions:Models:1:ApiKey"] = "sk-short",
            ["Completions:Models:2:ModelId"] = "c",
            ["Completions:Models:2:ApiKey"] = "changeme-changeme-changeme",
            ["Completions:Models:3:ModelId"] = "d",
            ["Completions:Models:3:ApiKey"] = "sk-…………………………………………",
            ["Completions:Models:4:ModelId"] = "e",
            ["Completions:Models:5:ModelId"] = "f",
            ["Completions:Models:5:ApiKey"] = Key,
            ["Completions:Models:6:ModelId"] = "g",
            ["Completions:Models:6:Endpoint"] = "http://localhost:11434/v1",
            ["Completions:Models:7:ModelId"] = "h",
            ["Completions:Models:7:ApiKey"] = "your-api-key-goes-here",
            ["Embeddings:Provider"] = "openai",
            ["Embeddings:ModelId"] = "m",
            ["Embeddings:ApiKey"] = "00000000000000000000000",
            ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Trace",
            ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true",
            ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE"] = "tRuE",
            ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
        });
        foreach (var line in (string[])
        [
            "Completions:Models:0:ApiKey is empty", "Completions:Models:1:ApiKey is shorter than 16", "Completions:Models:2:ApiKey is a placeholder",
            "Completions:Models:3:ApiKey is a placeholder", "Completions:Models:4:ApiKey is missing", "Completions:Models:7:ApiKey is a placeholder",
            "Embeddings:ApiKey is a placeholder", "Logging: the level of Microsoft.EntityFrameworkCore is Trace",
            "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT writes prompts", "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE writes prompts",
            "OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION writes search texts",
        ])
            Assert.Contains(line, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Models:5", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Models:6", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-short", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password=postgres", "well known")]
    [InlineData("Password=", "empty")]
    [InlineData("Password=short", "shorter than 8")]
    [InlineData("Password=chatkeeper", "the user's name")]
    [InlineData("Password=Zu8tGq2Lw9Xb;Include Error Detail=true", "Include Error Detail")]
    public async Task A_weak_password_of_the_database_is_refused_before_anybody_connects(string settings, string because)
    {
        await using var nowhere = new TestDatabase(DatabaseKind.Postgres, $"Host=nowhere.invalid;Username=chatkeeper;{settings}", "", () => Task.CompletedTask);
        var refused = Refusal(nowhere, []);
        Assert.Contains("ConnectionStrings:Chat", refused, StringComparison.Ordinal);
        Assert.Contains(because, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("Zu8tGq2Lw9Xb", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_may_forget_commits_or_lacks_tables_is_refused()
    {
        await using var forgetful = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using (var admin = NpgsqlDataSource.Create(forgetful.AdminConnectionString))
        {
            var name = new NpgsqlConnectionStringBuilder(forgetful.AdminConnectionString).Database;
            await using var command = admin.CreateCommand($"ALTER DATABASE {name} SET synchronous_commit = off");
            await command.ExecuteNonQueryAsync();
        }

        Assert.Contains("PostgreSQL's synchronous_commit is off", Refusal(forgetful, []), StringComparison.Ordinal);
        await using var empty = await Databases.CreateEmptyAsync(DatabaseKind.Postgres);
        Assert.Contains("start once with --migrate", Refusal(empty, []), StringComparison.Ordinal);
        await using var sound = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using var app = ChatApp.Start(sound, environment: "Production");
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.As(null).GetAsync("/users/ada")).StatusCode);
    }

    [Fact]
    public async Task A_server_that_may_lose_pages_is_refused_by_the_name_of_each_setting()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using (var admin = NpgsqlDataSource.Create(database.AdminConnectionString))
        {
            // They belong to the whole server, on which other tests work: here, and for this database alone, it says of them what another would.
            var name = new NpgsqlConnectionStringBuilder(database.AdminConnectionString).Database;
            await using var command = admin.CreateCommand(
                $"""
                CREATE SCHEMA elsewhere;
                CREATE FUNCTION elsewhere.current_setting(text) RETURNS text LANGUAGE sql
                    AS $$ SELECT CASE WHEN $1 IN ('fsync', 'full_page_writes') THEN 'off' ELSE pg_catalog.current_setting($1) END $$;
                GRANT USAGE ON SCHEMA elsewhere TO PUBLIC;
                ALTER DATABASE {name} SET search_path = elsewhere, public, pg_catalog;
                """);
            await command.ExecuteNonQueryAsync();
        }

        var refused = Refusal(database, []);
        Assert.Contains("PostgreSQL's fsync is off", refused, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL's full_page_writes is off", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("synchronous_commit", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_the_values_of_statements_is_refused()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var refused = Assert.ThrowsAny<Exception>(() => ChatApp.Start(
            database, environment: "Production",
            services: services => services.ConfigureDbContext<SqliteChatDbContext>(options => options.EnableSensitiveDataLogging())));
        Assert.Contains("Entity Framework's sensitive data logging is on", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_start_ends_the_process_and_names_the_rule()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var (code, output) = await ChatProcess.RunAsync(
            ["--urls", "http://127.0.0.1:0"],
            ChatSettings.For(database, null, new Dictionary<string, string?> { ["Completions:Models:0:ModelId"] = "a", ["Completions:Models:0:ApiKey"] = "changeme" }));
        Assert.Equal(1, code);
        Assert.Contains("Completions:Models:0:ApiKey is shorter than 16 characters", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database:Provider", "mysql", "one of sqlite, postgres")]
    [InlineData("Security:SessionIdleTimeout", "soon", "a time, as [days.]hours:minutes:seconds, such as 00:00:30")]
    [InlineData("Limits:RequestsPerUser", "many", "a number")]
    [InlineData("Limits:RequestsPerUser", "0", "between 1 and 1000000")]
    public async Task A_wrong_value_ends_the_process_and_says_what_is_expected(string setting, string value, string expected)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var (code, output) = await ChatProcess.RunAsync(
            ["--urls", "http://127.0.0.1:0"], ChatSettings.For(database, null, new Dictionary<string, string?> { [setting] = value }), "Development");
        Assert.Equal(1, code);
        Assert.Contains(setting.Split(':')[1], output, StringComparison.Ordinal);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "address already in use. Stop what listens there, or give --urls another address.")]
    [InlineData(false, "The service cannot listen where it is told to: ")]
    public async Task An_address_that_cannot_be_had_ends_the_process_and_is_told_in_one_line(bool isTaken, string expected)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        // The second one is set aside for documentation: nobody has it.
        var address = isTaken ? $"http://{other.LocalEndpoint}" : "http://192.0.2.1:3001";
        // A statement that is cut short is told with a stack, and is not what is asked here.
        var settings = new Dictionary<string, string?> { ["Facade:Mode"] = "secure", ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "None" };
        var (code, output) = await ChatProcess.RunAsync(["--urls", address], ChatSettings.For(database, null, settings), "Development");
        Assert.Equal(1, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrating_without_pgvector_says_what_a_superuser_has_to_do()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        var server = new NpgsqlConnectionStringBuilder(database.AdminConnectionString);
        var name = $"plain_{Guid.NewGuid():N}";
        await using var superuser = NpgsqlDataSource.Create(database.AdminConnectionString);
        await ExecuteAsync(superuser, $"CREATE ROLE {name} LOGIN PASSWORD 'a long password'");
        await ExecuteAsync(superuser, $"CREATE DATABASE {name} OWNER {name} TEMPLATE template0");
        try
        {
            server.Database = server.Username = name;
            server.Password = "a long password";
            var settings = new Dictionary<string, string?>(ChatSettings.For(database, null, null)) { ["ConnectionStrings:Chat"] = server.ToString() };
            var (code, output) = await ChatProcess.RunAsync(["--migrate"], settings);
            Assert.Equal(1, code);
            Assert.Contains("CREATE EXTENSION vector;", output, StringComparison.Ordinal);
        }
        finally
        {
            await ExecuteAsync(superuser, $"DROP DATABASE {name} WITH (FORCE)");
            await ExecuteAsync(superuser, $"DROP ROLE {name}");
        }

        static async Task ExecuteAsync(NpgsqlDataSource source, string statement)
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Migrating_an_empty_database_tells_of_no_error_and_when_it_is_done()
    {
        await using var database = await Databases.CreateEmptyAsync(DatabaseKind.Postgres);
        await using (var superuser = NpgsqlDataSource.Create(database.AdminConnectionString))
        await using (var command = superuser.CreateCommand("CREATE EXTENSION IF NOT EXISTS vector"))
            await command.ExecuteNonQueryAsync();

        var (code, output) = await ChatProcess.RunAsync(["--migrate"], ChatSettings.For(database, null, null));
        Assert.True(code == 0, output);
        Assert.DoesNotContain("\"Error\"", output, StringComparison.Ordinal);
        Assert.Contains("The tables are up to date.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_host_names_the_service_answers_400_and_with_them_nobody_else()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using (var nameless = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["AllowedHosts"] = "" }, environment: "Production"))
        {
            foreach (var path in (string[])["/", "/graphql?query={__typename}", "/users/ada"])
            {
                using var response = await nameless.As(null).GetAsync(path);
                Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
                Assert.Contains("BAD_USER_INPUT", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }

        await using var named = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["AllowedHosts"] = "chat.example" }, environment: "Production");
        using (var known = await AskAsync("chat.example", "/graphql?query={__typename}")) Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        foreach (var path in (string[])["/graphql?query={__typename}", "/", "/users/ada", "/health/live"])
        {
            using var strange = await AskAsync("other.example", path);
            Assert.Equal((path, HttpStatusCode.BadRequest), (path, strange.StatusCode));
            Assert.Equal("application/problem+json", strange.Content.Headers.ContentType?.MediaType);
            Assert.Contains("BAD_USER_INPUT", await strange.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            foreach (var (header, value) in new[] { ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Content-Security-Policy", "frame-ancestors 'none'") })
                Assert.Equal([value], strange.Headers.TryGetValues(header, out var values) ? values : []);
        }

        async Task<HttpResponseMessage> AskAsync(string host, string path)
        {
            using var client = named.As(null);
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            return await client.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("Limits:SignInsPerName", "0", "SignInsPerName")]
    [InlineData("Limits:Connections", "0", "Connections")]
    [InlineData("Limits:ConnectionsPerAddress", "0", "ConnectionsPerAddress")]
    [InlineData("Limits:CompletionRefill", "-00:00:01", "CompletionRefill")]
    [InlineData("Limits:KnownProxies:0", "proxy.example", "Limits:KnownProxies are addresses or networks")]
    public async Task A_limit_out_of_range_is_refused(string setting, string value, string because)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        Assert.Contains(because, Refusal(database, new() { [setting] = value }), StringComparison.Ordinal);
    }

    private static string Refusal(TestDatabase database, Dictionary<string, string?> settings)
    {
        var refused = Assert.ThrowsAny<Exception>(() => ChatApp.Start(database, settings: settings, environment: "Production"));
        return refused.ToString();
    }
}
