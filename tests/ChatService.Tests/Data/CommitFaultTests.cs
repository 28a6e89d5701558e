using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>What has been committed although nobody was told, and what is being committed when the service is told to stop.</summary>
[Collection(Alone.Name)]
public sealed class CommitFaultTests : IAsyncLifetime
{
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
    public async Task A_lost_reply_stores_a_message_once()
    {
        var conversation = await _ada.CreateConversationAsync();
        foreach (var content in (string[])["One", "Two", "Three"])
        {
            var lost = _proxy.LoseReplyOfNextCommitAsync();
            var sent = await _ada.GraphQL.DataAsync(
                "mutation($input: CreateMessageInput!) { createMessage(input: $input) { replayed message { content } errors { code } } }",
                new { input = new { conversationId = conversation, content, idempotencyKey = content } });
            await lost;
            Assert.Equal(content, sent.GetProperty("createMessage").GetProperty("message").GetProperty("content").GetString());
            Assert.False(sent.GetProperty("createMessage").GetProperty("replayed").GetBoolean());
        }

        Assert.Equal([("USER", "One"), ("USER", "Two"), ("USER", "Three")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task A_lost_reply_makes_one_conversation()
    {
        var lost = _proxy.LoseReplyOfNextCommitAsync();
        var made = await _ada.GraphQL.DataAsync(
            "mutation($input: CreateConversationInput!) { createConversation(input: $input) { replayed conversation { title } errors { code } } }",
            new { input = new { title = "Once", idempotencyKey = "key" } });
        await lost;
        Assert.Equal("Once", made.GetProperty("createConversation").GetProperty("conversation").GetProperty("title").GetString());
        Assert.False(made.GetProperty("createConversation").GetProperty("replayed").GetBoolean());
        var all = await _ada.GraphQL.DataAsync("{ me { conversations { totalCount } } }");
        Assert.Equal(1, all.GetProperty("me").GetProperty("conversations").GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task A_lost_reply_to_the_start_of_a_completion_makes_one_call()
    {
        var conversation = await _ada.CreateConversationAsync();
        var lost = _proxy.LoseReplyOfNextCommitAsync();
        var completion = (await _ada.CompleteAsync(conversation, "Once?")).GetProperty("completion");
        await lost;
        Assert.Equal("COMPLETED", completion.GetProperty("status").GetString());
        Assert.Single(_provider.Requests);
        Assert.Equal([("USER", "Once?"), ("ASSISTANT", "Once?")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task A_lost_reply_to_the_end_of_a_completion_stores_its_answer()
    {
        var gate = new Gate();
        _provider.Answer(Reply.Of("Paid for.").Wait(gate));
        var conversation = await _ada.CreateConversationAsync();
        var completing = _ada.CompleteAsync(conversation, "Dear?", key: "once");
        await gate.Reached;
        var lost = _proxy.LoseReplyOfNextCommitAsync();
        gate.Open();
        var completion = (await completing).GetProperty("completion");
        await lost;
        Assert.Equal("COMPLETED", completion.GetProperty("status").GetString());
        Assert.Equal("Paid for.", completion.GetProperty("message").GetProperty("content").GetString());
        Assert.Single(_provider.Requests);
        Assert.Equal([("USER", "Dear?"), ("ASSISTANT", "Paid for.")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task A_fate_that_cannot_be_asked_is_told_by_the_next_try()
    {
        var conversation = await _ada.CreateConversationAsync();
        await using var app = Start(deadline: "00:00:05");
        using var ada = _ada.At(app.Address);
        await SendAsync(ada, conversation, "First.");
        var lost = _proxy.LoseReplyOfNextCommitAsync(andStall: true);
        var (status, _, code) = await SendAsync(ada, conversation, "Once.");
        await lost;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "STORAGE_UNAVAILABLE"), (status, code));

        _proxy.Resume();
        var told = await Eventually.GetAsync(() => SendAsync(ada, conversation, "Once."), again => again.Status != HttpStatusCode.ServiceUnavailable);
        Assert.Equal((HttpStatusCode.Created, true), (told.Status, told.Replayed));
        Assert.Equal([("USER", "First."), ("USER", "Once.")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task A_start_that_is_being_committed_when_the_service_stops_is_answered()
    {
        _provider.Answer("Before I go.");
        await using var service = await StartProcessAsync();
        using var ada = _ada.At(service.Address);
        var conversation = await ada.CreateConversationAsync();
        var gate = new Gate();
        _proxy.HoldNextCommit(gate);
        var completing = ada.CompleteAsync(conversation, "Now?");
        await gate.Reached;
        await service.SignalAsync("TERM");
        await Eventually.HoldsAsync(() => Task.FromResult(service.Output.Contains("shutting down", StringComparison.Ordinal)));
        gate.Open();
        var completion = (await completing).GetProperty("completion");
        Assert.Equal("COMPLETED", completion.GetProperty("status").GetString());
        Assert.Equal(0, await service.ExitAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Single(_provider.Requests);
        Assert.Equal([("USER", "Now?"), ("ASSISTANT", "Before I go.")], await _ada.MessagesAsync(conversation));
    }

    [Fact]
    public async Task A_service_that_is_stopping_still_stores_a_whole_answer_once_the_database_is_back()
    {
        var gate = new Gate();
        _provider.Answer(Reply.Of("Paid ", "for.").Wait(gate));
        await using var service = await StartProcessAsync();
        using var ada = _ada.At(service.Address);
        var conversation = await ada.CreateConversationAsync();
        await ada.StartAsync(conversation, "Dear?");
        await gate.Reached;
        await service.SignalAsync("TERM");
        await Eventually.HoldsAsync(() => Task.FromResult(service.Output.Contains("shutting down", StringComparison.Ordinal)));
        await _proxy.RefuseAsync();
        gate.Open();
        await Eventually.HoldsAsync(() => Task.FromResult(service.Output.Contains("could not be stored yet", StringComparison.Ordinal)));
        _proxy.Accept();
        Assert.Equal(0, await service.ExitAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal([("USER", "Dear?"), ("ASSISTANT", "Paid for.")], await _ada.MessagesAsync(conversation));
    }

    private ChatApp Start(string deadline) => ChatApp.Start(
        _database, _provider, new Dictionary<string, string?> { ["ConnectionStrings:Chat"] = _proxy.ConnectionString, ["Database:Deadline"] = deadline });

    private Task<ChatProcess> StartProcessAsync() => ChatProcess.StartAsync(
        _database, _provider,
        new Dictionary<string, string?> { ["ConnectionStrings:Chat"] = _proxy.ConnectionString, ["Database:Deadline"] = "00:00:20" });

    private static async Task<(HttpStatusCode Status, bool Replayed, string? Code)> SendAsync(Person person, string conversation, string content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/conversations/{Person.NumberOf(conversation)}/messages");
        request.Headers.Add("Idempotency-Key", content);
        request.Content = JsonContent.Create(new { content });
        using var response = await person.Http.SendAsync(request);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (response.StatusCode, response.Headers.Contains("Idempotent-Replayed"), body.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
