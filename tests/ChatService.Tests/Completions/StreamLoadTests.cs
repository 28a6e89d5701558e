using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace ChatService.Tests;

/// <summary>Many answers made and watched at once. The goal is 200 of 20 tokens a second, each token not later than 500 ms (of 100, 99).</summary>
[Collection(Alone.Name)]
public sealed class StreamLoadTests(ITestOutputHelper output)
{
    private const int TokensPerSecond = 20;
    private const int StreamsEach = 10;

    [Fact]
    public async Task Each_stream_gets_every_token_soon_and_just_what_is_stored()
    {
        var all = TestRun.IsLong;
        var (streams, seconds) = all ? (200, 60) : (20, 3);
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        await using var provider = await ScriptedProvider.StartAsync();
        // Each token says when it was sent.
        provider.Otherwise = _ => new Reply().Paced(
            TimeSpan.FromSeconds(1.0 / TokensPerSecond), seconds * TokensPerSecond, _ => string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()} "));
        await using var service = await ChatProcess.StartAsync(database, provider);
        var people = new List<Person>();
        while (people.Count < streams / StreamsEach) people.Add(await Person.SignUpAsync(service.Address, $"ada{people.Count}"));

        // All at once they would wait for each other, and this is not about beginning.
        using var beginning = new SemaphoreSlim(8);
        var delays = new ConcurrentBag<TimeSpan>();
        var tokens = await Task.WhenAll(Enumerable.Range(0, streams).Select(stream => WatchAsync(people[stream / StreamsEach], beginning, delays)));
        Assert.All(tokens, count => Assert.Equal(seconds * TokensPerSecond, count));
        foreach (var person in people) person.Dispose();

        var sorted = delays.Order().ToList();
        Assert.NotEmpty(sorted);
        var (median, late, last) = (sorted[sorted.Count / 2], sorted[sorted.Count * 99 / 100], sorted[^1]);
        output.WriteLine(
            $"{streams} streams x {TokensPerSecond} tokens/s x {seconds} s: a token comes after {median.TotalMilliseconds:0} ms (median), "
            + $"{late.TotalMilliseconds:0} ms (p99), {last.TotalMilliseconds:0} ms at most");
        if (all) Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
    }

    /// <returns>How many tokens came.</returns>
    private static async Task<int> WatchAsync(Person person, SemaphoreSlim beginning, ConcurrentBag<TimeSpan> delays)
    {
        var (conversation, id) = await BeginAsync(person, beginning);
        var text = new StringBuilder();
        await foreach (var told in person.EventsAsync(id))
        {
            var item = told.GetProperty("data").GetProperty("completionEvents");
            if (item.TryGetProperty("completion", out var ended))
            {
                Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
                break;
            }

            var tokens = item.GetProperty("content").GetString()!;
            // The first piece has what was made before the watcher came.
            foreach (var sent in text.Length == 0 ? [] : TimesOf(tokens)) delays.Add(Stopwatch.GetElapsedTime(sent));
            text.Append(tokens);
        }

        Assert.Equal([("USER", "Go."), ("ASSISTANT", text.ToString())], await person.MessagesAsync(conversation));
        return TimesOf(text.ToString()).Count();
    }

    private static async Task<(string Conversation, string Completion)> BeginAsync(Person person, SemaphoreSlim beginning)
    {
        await beginning.WaitAsync();
        try
        {
            var conversation = await person.CreateConversationAsync("Stream");
            return (conversation, (await person.StartAsync(conversation, "Go.")).GetProperty("completion").GetProperty("id").GetString()!);
        }
        finally
        {
            beginning.Release();
        }
    }

    private static IEnumerable<long> TimesOf(string tokens) =>
        tokens.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(sent => long.Parse(sent, CultureInfo.InvariantCulture));
}
