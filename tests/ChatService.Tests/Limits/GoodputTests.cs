using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;

namespace ChatService.Tests;

/// <summary>
/// Five times what the service can do: it refuses what is too much, early, and goes on doing four fifths of what it can at least.
/// Ratios of one round, since nobody knows how fast this machine is. Others use it too, and a second they take makes a round worse; a service that
/// drowns does so in every round, so that one good one of a few is enough.
/// </summary>
[Collection(Alone.Name)]
public sealed class GoodputTests(ITestOutputHelper output)
{
    private const int Overload = 5;
    private const double WantedGoodput = 0.8;
    private const int AtOnce = 4;
    private const int Rounds = 8;
    private const string Message = "mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } errors { code } } }";
    private const string SignIn = "mutation($input: SignInInput!) { signIn(input: $input) { session { token } errors { code } } }";

    private static readonly TimeSpan _span = TestRun.IsLong ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan _recovery = TimeSpan.FromSeconds(15);

    /// <summary>The database takes its time, so that it and not this test's own processor is what there is too little of.</summary>
    [Fact]
    public async Task Messages_on_a_slow_database_are_stored_as_before()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using var proxy = FaultyProxy.Start(database);
        await using var service = await ChatProcess.StartAsync(database, settings: new Dictionary<string, string?>
        {
            ["ConnectionStrings:Chat"] = proxy.ConnectionString,
            ["Limits:OperationsAtOnce"] = $"{AtOnce}",
            ["Limits:OperationsWaiting"] = "16",
        });
        // Many, because the changes of one owner wait for each other.
        var people = new List<(HttpClient Http, string Conversation)>();
        while (people.Count < 16)
        {
            var person = await Person.SignUpAsync(service.Address, $"ada{people.Count}");
            people.Add((person.Http, await person.CreateConversationAsync("Load")));
        }

        proxy.Delay = TimeSpan.FromMilliseconds(5);
        await MeasureAsync("createMessage, PostgreSQL 10 ms away", AtOnce, i =>
        {
            var (http, conversation) = people[i % people.Count];
            return AskAsync(http, Message, new { conversationId = conversation, content = $"This is message {i}." });
        });
    }

    /// <summary>Passwords are hashed one at a time, and sixteen may wait for that.</summary>
    [Fact]
    public async Task As_many_sign_in_as_before()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var service = await ChatProcess.StartAsync(database);
        using (await Person.SignUpAsync(service.Address, "ada")) { }
        using var http = new HttpClient { BaseAddress = service.Address };
        await MeasureAsync("signIn", 2, _ => AskAsync(http, SignIn, new { username = "ada", password = "correct horse" }));
    }

    private async Task MeasureAsync(string what, int workers, Func<int, Task<bool>> ask)
    {
        // Before anything is measured all of it has run once.
        await CapacityAsync(workers, ask, _span / 3);
        var rounds = new List<Round>();
        while (rounds.Count < Rounds && !rounds.Exists(round => round.IsGood))
        {
            rounds.Add(await RoundAsync(workers, ask));
            output.WriteLine($"{what}: {rounds[^1]}");
        }

        Assert.True(rounds[^1].IsGood, string.Join(Environment.NewLine, rounds));
    }

    private static async Task<Round> RoundAsync(int workers, Func<int, Task<bool>> ask)
    {
        var before = await CapacityAsync(workers, ask, _span);
        var (served, refused, slowest) = await FloodAsync(before, ask);
        var since = Stopwatch.StartNew();
        await Eventually.HoldsAsync(() => ask(0), _recovery);
        var recovered = since.Elapsed;
        var after = await CapacityAsync(workers, ask, _span);
        return new Round(before, served / _span.TotalSeconds, refused / _span.TotalSeconds, slowest, recovered, after);
    }

    /// <summary>Rates are per second.</summary>
    private sealed record Round(double Before, double Served, double Refused, TimeSpan SlowestRefusal, TimeSpan Recovered, double After)
    {
        /// <summary>There was an overload, and it cost little.</summary>
        public bool IsGood => Refused > 0 && Served >= WantedGoodput * Before && After >= WantedGoodput * Before;

        public override string ToString() =>
            $"{Before:0.0}/s; offered {Overload} times that, {Served:0.0}/s were served ({Served / Before:P0}) and {Refused:0}/s refused, the slowest refusal after "
            + $"{SlowestRefusal.TotalMilliseconds:0} ms; served again after {Recovered.TotalMilliseconds:0} ms, then {After:0.0}/s";
    }

    /// <returns>How many a second are served to so many who ask one after the other.</returns>
    private static async Task<double> CapacityAsync(int workers, Func<int, Task<bool>> ask, TimeSpan span)
    {
        var (asked, served, since) = (0, 0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
        {
            while (since.Elapsed < span)
            {
                Assert.True(await ask(Interlocked.Increment(ref asked)));
                Interlocked.Increment(ref served);
            }
        }));
        return served / since.Elapsed.TotalSeconds;
    }

    /// <summary>Asks at a steady pace, whatever comes of it, as many independent callers do.</summary>
    private static async Task<(int Served, int Refused, TimeSpan SlowestRefusal)> FloodAsync(double capacity, Func<int, Task<bool>> ask)
    {
        var asked = new List<Task>();
        var (served, refusals, since) = (0, new ConcurrentBag<TimeSpan>(), Stopwatch.StartNew());
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (since.Elapsed < _span)
        {
            for (var due = (int)(since.Elapsed.TotalSeconds * capacity * Overload); asked.Count < due;) asked.Add(OneAsync(asked.Count));
            await pace.WaitForNextTickAsync();
        }

        var within = Volatile.Read(ref served);
        await Task.WhenAll(asked);
        return (within, refusals.Count, refusals.DefaultIfEmpty().Max());

        async Task OneAsync(int number)
        {
            var sent = Stopwatch.StartNew();
            if (await ask(number)) Interlocked.Increment(ref served);
            else refusals.Add(sent.Elapsed);
        }
    }

    /// <returns>Whether it was done; otherwise it was refused as too much, and for nothing else.</returns>
    private static async Task<bool> AskAsync(HttpClient http, string query, object input)
    {
        using var answer = await http.PostAsJsonAsync("/graphql", new { query, variables = new { input } });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var errors = body.TryGetProperty("errors", out var request) ? request : body.GetProperty("data").EnumerateObject().Single().Value.GetProperty("errors");
        if (errors.GetArrayLength() == 0) return true;
        var code = errors[0].TryGetProperty("extensions", out var extensions) ? extensions.GetProperty("code") : errors[0].GetProperty("code");
        Assert.Equal("OVERLOADED", code.GetString());
        return false;
    }
}
