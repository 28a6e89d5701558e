using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatService.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>A file that cannot grow, and one that another program writes to.</summary>
public sealed class SqliteFaultTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);
    private readonly Room _room = new();
    private TestDatabase _database = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;
    private string _conversation = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var settings = new Dictionary<string, string?> { ["Security:SessionCacheDuration"] = "00:00:00", ["ConnectionStrings:Chat"] = $"{_database.ConnectionString};Default Timeout=1" };
        _app = ChatApp.Start(_database, settings: settings, services: services => services
            .AddSingleton<TimeProvider>(_clock)
            .ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(_room)));
        _ada = await Person.SignUpAsync(_app.Address, "ada");
        _conversation = await _ada.CreateConversationAsync();
        await WriteAsync("Before.");
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Without_room_reading_goes_on_and_with_room_writing_does()
    {
        _room.IsThere = false;
        using var refused = await SendAsync(new string('a', 100_000));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(60), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("STORAGE_FULL", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal([("USER", "Before.")], await _ada.MessagesAsync(_conversation));

        _room.IsThere = true;
        await WriteAsync("After.");
        Assert.Equal([("USER", "Before."), ("USER", "After.")], await _ada.MessagesAsync(_conversation));
    }

    [Fact]
    public async Task While_another_program_writes_reading_goes_on_for_sessions_whose_use_is_to_be_noted_too()
    {
        await using var other = new SqliteConnection(_database.ConnectionString);
        await other.OpenAsync();
        await using (var writing = other.BeginTransaction(deferred: false))
        {
            _clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal([("USER", "Before.")], await _ada.MessagesAsync(_conversation));
        }

        await WriteAsync("After.");
    }

    private async Task WriteAsync(string content)
    {
        using var response = await SendAsync(content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(string content) =>
        _ada.Http.PostAsJsonAsync($"/conversations/{Person.NumberOf(_conversation)}/messages", new { content });

    /// <summary>Lets SQLite take no further page while there is no room, as on a full disk: it fails with the same code.</summary>
    private sealed class Room : DbConnectionInterceptor
    {
        private const long Unlimited = 4_294_967_294;

        public bool IsThere { get; set; } = true;

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count = {(IsThere ? Unlimited : 1)}";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
