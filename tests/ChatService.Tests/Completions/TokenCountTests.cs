using System.Diagnostics;
using Xunit.Abstractions;

namespace ChatService.Tests;

/// <summary>Tokens are counted by the model's own vocabulary, and no text makes that long.</summary>
public sealed class TokenCountTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>By itself the vocabulary took two minutes and more for the worst of these.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _provider = await ScriptedProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Completions:Models:0:ModelId"] = "gpt-4o",
            ["Completions:Models:0:ContextTokens"] = "400000",
            ["Transport:OperationTimeout"] = "00:02:00",
        };
        _app = ChatApp.Start(_database, _provider, settings);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_question_without_a_single_space_is_counted_in_time()
    {
        using var ada = await Person.SignUpAsync(_app.Address, "ada");
        foreach (var (what, word, most) in new[] { ("one letter", "a", 16_900), ("emoji", "😀", 66_500), ("blanks and a word", " ", 1_200) })
        {
            _provider.Answer("So be it.").NoUsage();
            var question = string.Concat(Enumerable.Repeat(word, (131_072 - 2) / word.Length)) + " a";
            var watch = Stopwatch.StartNew();
            var ended = (await ada.CompleteAsync(await ada.CreateConversationAsync(), question)).GetProperty("completion");
            var tokens = ended.GetProperty("usage").GetProperty("inputTokens").GetInt32();
            output.WriteLine($"{what}: {tokens} tokens, answered after {watch.Elapsed.TotalSeconds:0.0} s");
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, _patience);
            Assert.InRange(tokens, 1_000, most);
        }
    }

    [Fact]
    public async Task Words_are_counted_as_the_vocabulary_has_them()
    {
        using var ada = await Person.SignUpAsync(_app.Address, "ada");
        // Of this vocabulary each of the ten words is one token, and the full stop another; the format has four more.
        foreach (var times in new[] { 1, 40, 400 })
        {
            _provider.Answer("So be it.").NoUsage();
            var ended = (await ada.CompleteAsync(
                await ada.CreateConversationAsync(), string.Join(' ', Enumerable.Repeat("The quick brown fox jumps over the lazy dog again.", times)))).GetProperty("completion");
            Assert.Equal((11 * times) + 4, ended.GetProperty("usage").GetProperty("inputTokens").GetInt32());
        }
    }
}
