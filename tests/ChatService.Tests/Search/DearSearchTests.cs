using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using ChatService.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatService.Tests;

public sealed class PostgresDearSearchTests() : DearSearchTests(DatabaseKind.Postgres);

public sealed class SqliteDearSearchTests() : DearSearchTests(DatabaseKind.Sqlite);

/// <summary>Long messages full of one word, and searches for that word over and over.</summary>
public abstract class DearSearchTests(DatabaseKind kind) : IAsyncLifetime
{
    private const int Messages = 20;
    private static readonly string _content = string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat("x ", 249)) + "z ", 260));

    /// <summary>Nearly there at each word of a message, and never is.</summary>
    private static readonly string _nearly = $"\"{string.Concat(Enumerable.Repeat("x ", 14))}z z\"";

    private TestDatabase _database = null!;
    private ChatApp _app = null!;
    private long _owner;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _app = ChatApp.Start(_database);
        using var ada = await Person.SignUpAsync(_app.Address, "ada");
        _owner = (await ada.GraphQL.DataAsync("{ me { databaseId } }")).GetProperty("me").GetProperty("databaseId").GetInt64();
        var conversation = await ada.CreateConversationAsync();
        for (var i = 0; i < Messages; i++)
        {
            using var written = await ada.Http.PostAsJsonAsync($"/conversations/{Person.NumberOf(conversation)}/messages", new { content = _content });
            Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        }
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_has_no_time_left_answers_with_what_is_found()
    {
        Assert.Equal(Messages, await CountAsync(TimeSpan.FromMinutes(1), "x"));
        Assert.InRange(await CountAsync(TimeSpan.FromMilliseconds(2), "x"), 0, Messages - 1);
        Assert.Equal(Messages, await CountAsync(TimeSpan.FromMinutes(1), "x"));
    }

    /// <summary>Both in one run, several times: the database must stop in the middle of a message that it compares.</summary>
    [Fact]
    public async Task The_database_stops_looking()
    {
        var ratios = new List<double>();
        for (var tries = 0; tries < 10 && !ratios.Exists(ratio => ratio < 0.6); tries++)
        {
            var whole = await TimeAsync(TimeSpan.FromMinutes(1));
            // Half of it is for words.
            ratios.Add(await TimeAsync(whole / 2) / whole);
        }

        Assert.True(ratios.Exists(ratio => ratio < 0.6), string.Join(", ", ratios));
    }

    private async Task<TimeSpan> TimeAsync(TimeSpan deadline)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await CountAsync(deadline, _nearly));
        return clock.Elapsed;
    }

    /// <param name="deadline">What the search believes a unit of work may take; the unit itself has its own.</param>
    private async Task<int> CountAsync(TimeSpan deadline, string query)
    {
        var services = _app.Services;
        var hurried = new SearchRanker(
            services.GetRequiredService<ChatDatabase>(), services.GetRequiredService<IMessageIndex>(), services.GetRequiredService<Embedders>(),
            services.GetRequiredService<SearchModels>(), Options.Create(new DatabaseOptions { Deadline = deadline }));
        var search = ActivatorUtilities.CreateInstance<SearchService>(services, hurried);
        var found = await search.SearchAsync(_owner, new SearchRequest(query, SearchMode.Keyword, SearchFilter.All, 100, null), CancellationToken.None);
        Assert.Null(found.Error);
        return found.Value!.Hits.Count;
    }
}
