using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatService.Data;
using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>PostgreSQL away or hung.</summary>
[Collection(Alone.Name)]
public sealed class DatabaseFaultTests : IAsyncLifetime
{
    /// <summary>The deadline that the promises are made with; a machine that stands still for so long breaks what has no other promise.</summary>
    private const string AsShipped = "00:00:02";

    /// <summary>The machine of the tests is slower than the promises allow for.</summary>
    private static readonly TimeSpan _slack = TimeSpan.FromSeconds(1.5);

    private TestDatabase _database = null!;
    private FaultyProxy _proxy = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Postgres);
        _proxy = FaultyProxy.Start(_database);
        _provider = await ScriptedProvider.StartAsync();
        _app = Start(deadline: "00:00:20");
        _ada = await Person.SignUpAsync(_app.Address, "ada");
    }

    public async Task DisposeAsync()
    {
        _proxy.Resume();
        _ada.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Away_is_503_in_time_and_back_is_back()
    {
        var conversation = await _ada.CreateConversationAsync();
        await using var app = Start(AsShipped);
        using var ada = _ada.At(app.Address);
        await InTime.OnceAsync(TimeSpan.FromSeconds(2.5) + _slack, async () =>
        {
            await _proxy.RefuseAsync();
            var took = await UnavailableAsync(ada, conversation);
            _proxy.Accept();
            await IsBackAsync(ada);
            return took;
        });
        Assert.Empty(await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task Hung_is_503_in_time_and_back_is_back()
    {
        var conversation = await _ada.CreateConversationAsync();
        await using var app = Start(AsShipped);
        using var ada = _ada.At(app.Address);
        await InTime.OnceAsync(TimeSpan.FromSeconds(4) + _slack, async () =>
        {
            _proxy.Stall();
            var took = await UnavailableAsync(ada, conversation);
            _proxy.Resume();
            await IsBackAsync(ada);
            return took;
        });
        Assert.Empty(await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task Broken_connections_are_not_noticed()
    {
        var conversation = await _ada.CreateConversationAsync();
        _proxy.Cut();
        Assert.Empty(await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_stored_is_an_error_in_time_and_stored_later_all_the_same()
    {
        var conversation = await _ada.CreateConversationAsync();
        var gate = new Gate();
        _provider.Answer(Reply.Of("Paid ", "for.").Wait(gate));
        await using var app = Start("00:00:05");
        using var ada = _ada.At(app.Address);
        var started = (await ada.StartAsync(conversation, "Dear?", key: "once")).GetProperty("completion").GetProperty("id").GetString()!;
        await using var watching = ada.EventsAsync(started).GetAsyncEnumerator();
        Assert.True(await watching.MoveNextAsync());
        await gate.Reached;
        await _proxy.RefuseAsync();
        gate.Open();
        do
        {
            Assert.True(await watching.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        }
        while (!watching.Current.TryGetProperty("errors", out _));
        Assert.Contains("STORAGE_UNAVAILABLE", watching.Current.ToString(), StringComparison.Ordinal);

        _proxy.Accept();
        var again = await ada.CompleteAsync(conversation, "Dear?", key: "once");
        Assert.Equal(started, again.GetProperty("completion").GetProperty("id").GetString());
        Assert.Equal("Paid for.", again.GetProperty("completion").GetProperty("message").GetProperty("content").GetString());
        Assert.True(again.GetProperty("replayed").GetBoolean());
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task Many_who_write_while_it_hangs_are_all_told_that_it_is_away()
    {
        await using var app = Start(AsShipped, believed: "00:00:01.9");
        using var ada = _ada.At(app.Address);
        var conversation = await ada.CreateConversationAsync();
        _proxy.Stall();
        // More than a block of ids has: they wait for the next one together, and not one after the other.
        var refused = await Task.WhenAll(Enumerable.Range(0, 80).Select(_ => CodeAsync(ada, conversation)));
        Assert.All(refused, code => Assert.Equal("STORAGE_UNAVAILABLE", code));
        _proxy.Resume();
    }

    [Fact]
    public void Each_fault_of_the_database_has_its_code()
    {
        var faults = _app.Services.GetRequiredService<Faults>();
        (StorageFault Fault, string Code, int Seconds)[] expected =
            [(StorageFault.Unavailable, "STORAGE_UNAVAILABLE", 1), (StorageFault.Full, "STORAGE_FULL", 60), (StorageFault.Overloaded, "OVERLOADED", 1)];
        foreach (var (fault, code, seconds) in expected)
        {
            var refused = faults.Refuse(new StorageException(fault, null));
            Assert.Equal((503, code, TimeSpan.FromSeconds(seconds)), (refused.Status, refused.Errors[0].Code, refused.Errors[0].RetryAfter));
        }

        var own = faults.Refuse(new ChatException(new ChatError(ErrorCode.CursorExpired, "Too old.")));
        Assert.Equal((400, "CURSOR_EXPIRED", "Too old."), (own.Status, own.Errors[0].Code, own.Errors[0].Message));
        Assert.Equal((500, "INTERNAL"), (faults.Refuse(new InvalidOperationException("secret")).Status, faults.Refuse(new InvalidOperationException("secret")).Errors[0].Code));
    }

    /// <param name="deadline">Of a unit of work.</param>
    /// <param name="believed">How long what was read of a session is.</param>
    private ChatApp Start(string deadline, string believed = "00:00:00") => ChatApp.Start(_database, _provider, new Dictionary<string, string?>
    {
        ["ConnectionStrings:Chat"] = _proxy.ConnectionString,
        ["Database:Deadline"] = deadline,
        ["Security:SessionCacheDuration"] = believed,
    });

    private static Task IsBackAsync(Person person) =>
        Eventually.HoldsAsync(async () => (await person.GraphQL.RunAsync("{ me { username } }")).Errors is null);

    private static async Task<string?> CodeAsync(Person person, string conversation)
    {
        using var response = await person.Http.PostAsJsonAsync($"/conversations/{Person.NumberOf(conversation)}/messages", new { content = "Now?" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    /// <returns>How long the slower of two answers took that it is away.</returns>
    private static async Task<TimeSpan> UnavailableAsync(Person person, string conversation)
    {
        var clock = Stopwatch.StartNew();
        using var graph = await person.Http.PostAsJsonAsync("/graphql", new { query = "{ me { username } }" });
        var took = clock.Elapsed;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, graph.StatusCode);
        Assert.Contains("STORAGE_UNAVAILABLE", await graph.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        clock.Restart();
        using var rest = await person.Http.GetAsync($"/conversations/{Person.NumberOf(conversation)}/messages");
        if (clock.Elapsed > took) took = clock.Elapsed;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, rest.StatusCode);
        Assert.NotNull(rest.Headers.RetryAfter);
        Assert.Equal("STORAGE_UNAVAILABLE", (await rest.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        return took;
    }
}
