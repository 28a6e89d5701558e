using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatService.Tests;

/// <summary>No secret is ever logged, measured or told, at whatever level and whatever fails.</summary>
public sealed class CanaryTests
{
    private static readonly string[] _categories = ["Default", "Microsoft", "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Npgsql", "System", "ChatService"];

    [Theory]
    [InlineData(DatabaseKind.Postgres, "secure")]
    [InlineData(DatabaseKind.Sqlite, "documented")]
    public async Task No_canary_is_in_a_log_a_trace_a_measurement_or_an_error(DatabaseKind kind, string mode)
    {
        await using var database = await Databases.CreateAsync(kind);
        await using var proxy = kind == DatabaseKind.Postgres ? FaultyProxy.Start(database) : null;
        await using var provider = await ScriptedProvider.StartAsync();
        Canaries.Fail(provider);
        var canaries = new Canaries();
        using var log = new CapturedLog();
        using var telemetry = new CapturedTelemetry();
        var settings = Settings(provider);
        settings["Facade:Mode"] = mode;
        settings["Logging:Console:LogLevel:Default"] = "None";
        ChatApp Start() => ChatApp.Start(database, provider, settings, services: services => services.AddLogging(logging => logging.AddProvider(log)));
        string asked;
        await using (var app = Start())
        {
            asked = $"url.full={app.Address}";
            var loggers = app.Services.GetRequiredService<ILoggerFactory>();
            Assert.All(_categories, category => Assert.True(loggers.CreateLogger(category).IsEnabled(LogLevel.Trace), category));
            await canaries.SingAsync(app.Address, "ada");
            if (proxy is not null)
            {
                (settings["ConnectionStrings:Chat"], settings["Database:Deadline"]) = (proxy.ConnectionString, "00:00:02");
                await using var cutOff = Start();
                await proxy.RefuseAsync();
                await canaries.SingAloneAsync(cutOff.Address, "ada");
                proxy.Accept();
            }

            // A fault that nobody has thought of.
            await using (var db = Tables.Open(database)) await db.Database.ExecuteSqlRawAsync("ALTER TABLE messages RENAME TO gone");
            await canaries.SingAloneAsync(app.Address, "ada");
        }

        Assert.Contains(log.Entries, entry => entry.StartsWith("Debug Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
        Assert.Contains(log.Entries, entry => entry.Contains("the provider failed", StringComparison.Ordinal));
        Assert.Equal(proxy is not null, log.Entries.Any(entry => entry.Contains("had no database", StringComparison.Ordinal)));
        Assert.Contains(log.Entries, entry => entry.StartsWith("Error", StringComparison.Ordinal) && entry.Contains("messages", StringComparison.Ordinal));
        Assert.Contains(canaries.Refusals, refusal => refusal.Contains("\"INTERNAL\"", StringComparison.Ordinal));
        Assert.True(canaries.Refusals.Count > 20, $"Only {canaries.Refusals.Count} errors.");
        Assert.Contains(telemetry.Entries, entry => entry.StartsWith("Microsoft.AspNetCore ", StringComparison.Ordinal));
        Assert.Contains(telemetry.Entries, entry => entry.StartsWith("http.server.request.duration ", StringComparison.Ordinal));
        // The requests of the test itself are traced here, too, with their addresses; those that the service sends are not among them.
        AssertSilent(canaries, log.Entries.Concat(canaries.Refusals).Concat(telemetry.Entries.Where(entry => !entry.Contains(asked, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task No_canary_is_in_what_the_process_writes()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var provider = await ScriptedProvider.StartAsync();
        Canaries.Fail(provider);
        var canaries = new Canaries();
        await using var service = await ChatProcess.StartAsync(database, provider, Settings(provider));
        await canaries.SingAsync(service.Address, "ada");
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync());
        Assert.Contains("dbug:", service.Output, StringComparison.Ordinal);
        AssertSilent(canaries, service.Output.Split('\n'));
    }

    private static Dictionary<string, string?> Settings(ScriptedProvider provider)
    {
        var settings = _categories.ToDictionary(category => $"Logging:LogLevel:{category}", _ => (string?)nameof(LogLevel.Trace));
        settings["Facade:Mode"] = "secure";
        settings["Limits:Enabled"] = "false";
        settings["Completions:Models:0:ApiKey"] = Canaries.ApiKey;
        settings["Completions:TitleModel"] = "scripted";
        settings["Embeddings:Provider"] = "openai";
        settings["Embeddings:Endpoint"] = provider.Endpoint.AbsoluteUri;
        settings["Embeddings:ModelId"] = "embedder";
        settings["Embeddings:ApiKey"] = Canaries.ApiKey;
        settings["Embeddings:Sweep"] = "00:00:00.05";
        return settings;
    }

    private static void AssertSilent(Canaries canaries, IEnumerable<string> lines)
    {
        var found = lines.SelectMany(line => canaries.All.Where(canary => line.Contains(canary, StringComparison.OrdinalIgnoreCase)).Select(canary => $"{canary}: {line}")).Distinct().ToList();
        Assert.True(found.Count == 0, $"{found.Count} hits:\n{string.Join('\n', found.Take(40).Select(line => line[..Math.Min(line.Length, 700)]))}");
    }
}
