using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

public sealed class PostgresDeletedWhileAnsweredTests() : DeletedWhileAnsweredTests(DatabaseKind.Postgres);

public sealed class SqliteDeletedWhileAnsweredTests() : DeletedWhileAnsweredTests(DatabaseKind.Sqlite);

/// <summary>What they hear who wait for an answer in a conversation that is deleted meanwhile.</summary>
public abstract class DeletedWhileAnsweredTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly Gate _gate = new();
    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;
    private ChatApp _app = null!;
    private Person _ada = null!;
    private string _conversation = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(kind);
        _provider = await ScriptedProvider.StartAsync();
        _provider.Answer(Reply.Of("It begins, ").Wait(_gate).Text("and nobody hears the end."));
        _app = ChatApp.Start(_database, _provider);
        _ada = await Person.SignUpAsync(_app.Address, "ada");
        _conversation = await _ada.CreateConversationAsync();
    }

    public async Task DisposeAsync()
    {
        _ada.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Complete_is_NOT_FOUND()
    {
        var completing = _ada.CompleteAsync(_conversation, "What is this?");
        await DeleteAsync();
        var payload = await completing;
        Assert.Equal(JsonValueKind.Null, payload.GetProperty("completion").ValueKind);
        Assert.Equal("NOT_FOUND", payload.GetProperty("errors")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_facade_says_404()
    {
        using var body = JsonContent.Create(new { stream = false, content = "What is this?" });
        var completing = _ada.Http.PostAsync(Path, body);
        await DeleteAsync();
        using var response = await completing;
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("NOT_FOUND", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_facades_stream_ends_with_an_error()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(new { stream = true, content = "What is this?" }) };
        using var response = await _ada.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await DeleteAsync();
        var lines = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"error\"", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("INTERNAL", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", lines, StringComparison.Ordinal);
    }

    private string Path => $"/conversations/{Person.NumberOf(_conversation)}/messages:complete";

    /// <summary>Once its answer has begun.</summary>
    private async Task DeleteAsync()
    {
        await _gate.Reached;
        using var deleted = await _ada.Http.DeleteAsync($"/conversations/{Person.NumberOf(_conversation)}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }
}
