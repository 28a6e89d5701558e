using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ChatService.Tests;

/// <summary>SQLite's full-text index has rows that belong to nobody: what is erased must be gone from inside them.</summary>
public sealed class ForgottenWordsTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestDatabase _database = null!;
    private ChatApp _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        _app = ChatApp.Start(_database);
        _client = _app.As(null);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("an edit")]
    [InlineData("a deleted message")]
    [InlineData("a deleted conversation")]
    [InlineData("a deleted user")]
    public async Task Nothing_is_left_in_the_index_after(string erasure)
    {
        using var ada = await _client.PostAsJsonAsync("/users", new { username = "ada", password = Password });
        using var conversation = await _client.PostAsJsonAsync("/conversations", new { title = "Birds", user_id = 1 });
        using var written = await _client.PostAsJsonAsync("/conversations/1/messages", new { content = "A quetzalcoatlus, secretly." });
        using var beside = await _client.PostAsJsonAsync("/conversations/1/messages", new { content = "A plain pigeon." });
        Assert.All([ada, conversation, written, beside], response => Assert.Equal(HttpStatusCode.Created, response.StatusCode));
        Assert.True(await IsInIndexAsync("etzalcoatl"));

        using var erased = erasure switch
        {
            "an edit" => await _client.PatchAsJsonAsync("/conversations/1/messages/1", new { content = "A sparrow." }),
            "a deleted message" => await _client.DeleteAsync("/conversations/1/messages/1"),
            "a deleted conversation" => await _client.DeleteAsync("/conversations/1"),
            _ => await _client.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/users/ada") { Content = JsonContent.Create(new { password = Password }) }),
        };
        Assert.True(erased.IsSuccessStatusCode, $"{erased.StatusCode}");
        await Eventually.HoldsAsync(async () => !await IsInIndexAsync("etzalcoatl"));
    }

    private async Task<bool> IsInIndexAsync(string part)
    {
        await using var connection = new SqliteConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT block FROM message_words_data";
        await using var blocks = await command.ExecuteReaderAsync();
        while (await blocks.ReadAsync())
            if (((byte[])blocks["block"]).AsSpan().IndexOf(Encoding.UTF8.GetBytes(part)) >= 0) return true;
        return false;
    }
}
