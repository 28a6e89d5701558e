using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;

namespace ChatService.Tests;

/// <summary>
/// Five times what the service can do: it refuses what is too much, early, and goes on doing four fifths of what it can at least.
/// Nobody knows how fast this machine is, and others use it too: a second service beside it, asked for what it can do and no more, tells what that
/// was in the same seconds. One good round of a few is enough, since a service that drowns does so in every round.
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
    private static readonly TimeSpan _recovery = TimeSpan.FromSeconds(60);

    /// <summary>The database takes its time, so that it and not this test's own processor is what there is too little of.</summary>
    [Fact]
    public async Task Messages_on_a_slow_database_are_stored_as_before()
    {
        await using var flooded = await SlowService.StartAsync(AtOnce);
        await using var spared = await SlowService.StartAsync(AtOnce);
        await MeasureAsync("createMessage, PostgreSQL 10 ms away", AtOnce, i => StoreAsync(flooded, i), i => StoreAsync(spared, i));
    }

    /// <summary>Passwords are hashed one at a time, and sixteen may wait for that.</summary>
    [Fact]
    public async Task As_many_sign_in_as_before()
    {
        await using var first = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var second = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var flooded = await ChatProcess.StartAsync(first);
        await using var spared = await ChatProcess.StartAsync(second);
        using var callers = await CallersAsync(flooded);
        using var others = await CallersAsync(spared);
        await MeasureAsync("signIn", 2, _ => SignInAsync(callers), _ => SignInAsync(others));

        static async Task<HttpClient> CallersAsync(ChatProcess service)
        {
            using (await Person.SignUpAsync(service.Address, "ada")) return service.CreateClient();
        }

        static Task<bool> SignInAsync(HttpClient http) => AskAsync(http, SignIn, new { username = "ada", password = "correct horse" });
    }

    private async Task MeasureAsync(string what, int workers, Func<int, Task<bool>> flooded, Func<int, Task<bool>> spared)
    {
        // Before anything is measured all of it has run once.
        await SideBySideAsync(workers, flooded, spared);
        var rounds = new List<Round>();
        while (rounds.Count < Rounds && !rounds.Exists(round => round.IsGood))
        {
            rounds.Add(await RoundAsync(workers, flooded, spared));
            output.WriteLine($"{what}: {rounds[^1]}");
        }

        Assert.True(rounds[^1].IsGood, string.Join(Environment.NewLine, rounds));
    }

    private static async Task<Round> RoundAsync(int workers, Func<int, Task<bool>> flooded, Func<int, Task<bool>> spared)
    {
        var (flood, work) = (new Load(flooded), new Load(spared));
        var window = new LoadWindow(_span, work);
        var working = work.RunAsync(workers, window);
        var served = await flood.PourAsync(() => Overload * (1 + work.Served), window);
        await working;
        var since = Stopwatch.StartNew();
        await Eventually.HoldsAsync(() => flooded(0), _recovery);
        var recovered = since.Elapsed;
        var (after, usual) = await SideBySideAsync(workers, flooded, spared);
        return new Round(served, work.Served, flood.Refused, flood.SlowestRefusal, recovered, after, usual);
    }

    /// <returns>How many each of the two was served in the same time, asked for no more than it can do.</returns>
    private static async Task<(int Flooded, int Spared)> SideBySideAsync(int workers, Func<int, Task<bool>> flooded, Func<int, Task<bool>> spared)
    {
        var (first, second) = (new Load(flooded), new Load(spared));
        var window = new LoadWindow(_span, second);
        await Task.WhenAll(first.RunAsync(workers, window), second.RunAsync(workers, window));
        return (first.Served, second.Served);
    }

    /// <summary>How many were served of the flooded service and of the other, in the flood and after it.</summary>
    private sealed record Round(int Served, int Usual, int Refused, TimeSpan SlowestRefusal, TimeSpan Recovered, int After, int UsualAfter)
    {
        /// <summary>There was an overload, and it cost little.</summary>
        public bool IsGood => Refused > 0 && Served >= WantedGoodput * Usual && After >= WantedGoodput * UsualAfter;

        public override string ToString() =>
            $"offered {Overload} times as much, {Served} were served instead of {Usual} ({(double)Served / Usual:P0}) and {Refused} refused, the slowest refusal after "
            + $"{SlowestRefusal.TotalMilliseconds:0} ms; served again after {Recovered.TotalMilliseconds:0} ms, then {After} instead of {UsualAfter}";
    }

    private static Task<bool> StoreAsync(SlowService service, int number)
    {
        var (http, conversation) = service.Caller(number);
        return AskAsync(http, Message, new { conversationId = conversation, content = $"This is message {number}." });
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
