using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatService.Tests;

public sealed class PostgresHealthTests() : HealthTests(DatabaseKind.Postgres)
{
    private FaultyProxy _proxy = null!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_database_that_hangs_makes_no_probe_hang()
    {
        await using var app = Start();
        await UntilAsync(app, "healthy");
        _proxy.Stall();
        // The last good answer is kept for a second.
        await UntilAsync(app, "unhealthy");
        // 0.8 seconds are promised; the machine of the tests is a slow one.
        await InTime.OnceAsync(TimeSpan.FromSeconds(3), async () =>
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ReadyAsync(app.Address)).Status);
            return clock.Elapsed;
        });
        Assert.Equal(HttpStatusCode.OK, await LiveAsync(app.Address));
        _proxy.Resume();
        await UntilAsync(app, "healthy");
    }

    protected override string Reach(TestDatabase database)
    {
        _proxy = FaultyProxy.Start(database);
        return _proxy.ConnectionString;
    }

    protected override Task TakeAwayAsync() => _proxy.RefuseAsync();

    protected override void BringBack() => _proxy.Accept();
}

public sealed class SqliteHealthTests() : HealthTests(DatabaseKind.Sqlite)
{
    private string _folder = "";

    [Fact]
    public async Task A_provider_that_is_away_is_no_reason_to_send_nobody()
    {
        var settings = new Dictionary<string, string?> { ["Embeddings:Provider"] = "openai", ["Embeddings:ModelId"] = "concepts" };
        await using var provider = await ScriptedProvider.StartAsync();
        settings["Embeddings:Endpoint"] = provider.Endpoint.AbsoluteUri;
        await using (var app = ChatApp.Start(Database, provider, settings))
        {
            using var ada = await Person.SignUpAsync(app.Address, "ada");
            var conversation = await ada.CreateConversationAsync();
            await UntilAsync(app, "healthy");
            provider.When(request => request.IsChat, Reply.Failure(503, retryAfter: "30"));
            await ada.CompleteAsync(conversation, "Are you there?");
            var ready = await UntilAsync(app, "degraded");
            Assert.Equal((HttpStatusCode.OK, "degraded", "healthy"), (ready.Status, ready.Word("providers"), ready.Word("database")));
            provider.Forget();
            await ada.CompleteAsync(conversation, "And now?");
            await UntilAsync(app, "healthy");
        }

        using var nobody = Unreachable.Refusing();
        settings["Embeddings:Endpoint"] = nobody.Endpoint.AbsoluteUri;
        await using var production = ChatApp.Start(Database, provider, settings, "Production");
        var alone = await UntilAsync(production, "degraded");
        Assert.Equal((HttpStatusCode.OK, "degraded"), (alone.Status, alone.Word("providers")));
        Assert.Single(alone.Warnings);
    }

    protected override string Reach(TestDatabase database)
    {
        var settings = new SqliteConnectionStringBuilder(database.ConnectionString) { Pooling = false, Mode = SqliteOpenMode.ReadWrite };
        _folder = Path.GetDirectoryName(settings.DataSource)!;
        return settings.ToString();
    }

    protected override Task TakeAwayAsync()
    {
        Directory.Move(_folder, _folder + ".away");
        return Task.CompletedTask;
    }

    protected override void BringBack() => Directory.Move(_folder + ".away", _folder);
}

/// <summary>What an orchestrator sees of the service, from its start to its stop.</summary>
public abstract class HealthTests(DatabaseKind kind) : IAsyncLifetime
{
    protected TestDatabase Database { get; private set; } = null!;

    private string _connection = "";

    public async Task InitializeAsync()
    {
        Database = await Databases.CreateAsync(kind);
        _connection = Reach(Database);
    }

    public virtual Task DisposeAsync() => Database.DisposeAsync().AsTask();

    [Fact]
    public async Task Ready_follows_the_database_its_tables_and_the_stop()
    {
        var last = new LastWords();
        await using var app = Start(last);
        var ready = await UntilAsync(app, "healthy");
        Assert.Equal((HttpStatusCode.OK, "healthy"), (ready.Status, ready.Word("database")));
        Assert.Contains("documented mode", Assert.Single(ready.Warnings), StringComparison.Ordinal);

        await using (var db = Tables.Open(Database))
        {
            var newest = (await db.Database.GetAppliedMigrationsAsync()).Last();
            await db.Database.ExecuteSqlAsync($"UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = 'x' || \"MigrationId\" WHERE \"MigrationId\" = {newest}");
            await Eventually.GetAsync(() => ReadyAsync(app.Address), health => health.Whole == "unhealthy" && health.Warnings[0].Contains("--migrate", StringComparison.Ordinal));
            await db.Database.ExecuteSqlAsync($"UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = {newest} WHERE \"MigrationId\" = 'x' || {newest}");
            await UntilAsync(app, "healthy");
        }

        await TakeAwayAsync();
        var away = await UntilAsync(app, "unhealthy");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), (away.Status, away.Word("database")));
        Assert.Equal(TimeSpan.FromSeconds(1), away.RetryAfter);
        Assert.DoesNotMatch(@"\d+\.\d+|chat|Host|Source", away.Body);
        Assert.Equal(HttpStatusCode.OK, await LiveAsync(app.Address));
        BringBack();
        await UntilAsync(app, "healthy");

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var (draining, live) = await last.Said.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy", "healthy"), (draining.Status, draining.Word("process"), draining.Word("database")));
        Assert.Equal(HttpStatusCode.OK, live);
    }

    protected abstract string Reach(TestDatabase database);

    protected abstract Task TakeAwayAsync();

    protected abstract void BringBack();

    protected ChatApp Start(LastWords? last = null) => ChatApp.Start(
        Database,
        settings: new Dictionary<string, string?> { ["ConnectionStrings:Chat"] = _connection, ["Database:Deadline"] = "00:00:02" },
        services: services =>
        {
            if (last is not null) services.AddSingleton<IHostedService>(provider => last.Of(provider.GetRequiredService<IServer>()));
        });

    /// <summary>What is asked takes 0.8 seconds at most, and on a busy machine that is too short now and then.</summary>
    protected static Task<Health> UntilAsync(ChatApp app, string status) =>
        Eventually.GetAsync(() => ReadyAsync(app.Address), health => health.Whole == status);

    protected static async Task<Health> ReadyAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var response = await http.GetAsync("/health/ready");
        return new Health(response.StatusCode, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync());
    }

    protected static async Task<HttpStatusCode> LiveAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var response = await http.GetAsync("/health/live");
        return response.StatusCode;
    }

    public sealed record Health(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)
    {
        private readonly JsonElement _json = JsonDocument.Parse(Body).RootElement;

        public string? Whole => _json.GetProperty("status").GetString();

        public IReadOnlyList<string> Warnings => [.. _json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];

        public string? Word(string check) => _json.GetProperty("checks").GetProperty(check).GetString();
    }

    /// <summary>Asks when the stop has begun and the server has not ended yet.</summary>
    public sealed class LastWords : IHostedLifecycleService
    {
        private readonly TaskCompletionSource<(Health Ready, HttpStatusCode Live)> _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IServer _server = null!;

        public Task<(Health Ready, HttpStatusCode Live)> Said => _said.Task;

        public LastWords Of(IServer server)
        {
            _server = server;
            return this;
        }

        public async Task StoppingAsync(CancellationToken cancellationToken)
        {
            // Disposing the app stops it once more.
            if (_said.Task.IsCompleted) return;
            var address = new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
            _said.SetResult((await Eventually.GetAsync(() => ReadyAsync(address), health => health.Word("database") == "healthy"), await LiveAsync(address)));
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
