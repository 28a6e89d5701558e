using System.Globalization;

namespace ChatService.Tests;

/// <summary>A user of one round, with some windows, and somebody who follows the feed.</summary>
internal sealed class Author : IDisposable
{
    private const int WindowsEach = 2;

    private Author(CarefulClient client, long id, string shared, Journal journal, Random random)
    {
        (Client, Id, Shared) = (client, id, shared);
        Follower = new Follower(client, journal);
        Windows = [.. Enumerable.Range(1, WindowsEach).Select(w => new Window(client, journal, new Random(random.Next()), $"{Mark}{w}", shared))];
    }

    public CarefulClient Client { get; }

    public long Id { get; }

    /// <summary>What everything begins with that the author writes.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"u{Id}w");

    /// <summary>The conversation that all of the windows write in.</summary>
    public string Shared { get; }

    public IReadOnlyList<Window> Windows { get; }

    public Follower Follower { get; }

    public static async Task<Author> SignUpAsync(RoundService service, Journal journal, Random random, string name)
    {
        using var nobody = new CarefulClient(service, null, journal);
        var made = await CreateUserAsync(nobody, name);
        // Taken, by an attempt whose answer was lost.
        while (made is { Code: "USERNAME_TAKEN", Attempts: > 1 }) made = await CreateUserAsync(nobody, name += "+");
        Assert.Null(made.Code);
        var client = new CarefulClient(service, made.Data.GetProperty("session").GetProperty("token").GetString(), journal);
        var shared = await client.MutateAsync("createConversation", "CreateConversationInput", "conversation { id }", new { title = "Shared", idempotencyKey = "shared" });
        var id = made.Data.GetProperty("user").GetProperty("databaseId").GetInt64();
        var author = new Author(client, id, shared.Data.GetProperty("conversation").GetProperty("id").GetString()!, journal, random);
        foreach (var window in author.Windows) await window.OpenAsync();
        return author;
    }

    public void Dispose() => Client.Dispose();

    private static Task<Payload> CreateUserAsync(CarefulClient nobody, string username) =>
        nobody.MutateAsync("createUser", "CreateUserInput", "user { databaseId } session { token }", new { username, password = "correct horse" });
}
