using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresCompletionTests(PostgresApp app) : CompletionTests(app), IClassFixture<PostgresApp>;

public sealed class SqliteCompletionTests(SqliteApp app) : CompletionTests(app), IClassFixture<SqliteApp>;

/// <summary>Answers made by a scripted model, watched over WebSocket and event streams.</summary>
public abstract class CompletionTests(AppFixture app)
{
    private const string Events = """
        subscription($id: ID!, $after: Int!) {
          completionEvents(id: $id, after: $after) {
            ... on CompletionDelta { content offset }
            ... on CompletionFinished { completion { status finishReason message { content } } } } }
        """;

    [Fact]
    public async Task Two_watchers_one_late_see_the_same_text()
    {
        var gate = new Gate();
        var question = Unique("What is new?");
        AnswerTo(question, Reply.Of("Nothing ", "but ").Wait(gate).Text("the 🌞 ", "rises."));
        var ada = await app.RegisterAsync("ada");
        var completion = await ada.StartAsync(await ada.CreateConversationAsync(), question);
        await gate.Reached;

        var socket = OverSocketAsync(ada, completion, 0);
        var stream = OverEventStreamAsync(ada, completion, 0);
        gate.Open();
        var (first, second) = (await socket, await stream);

        Assert.Equal("Nothing but the 🌞 rises.", first.Text);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal("COMPLETED", first.Finished.GetProperty("status").GetString());
        Assert.Equal(first.Text, first.Finished.GetProperty("message").GetProperty("content").GetString());
        var (rest, finished) = await OverSocketAsync(ada, completion, 8);
        Assert.Equal("but the 🌞 rises.", rest);
        Assert.Equal("COMPLETED", finished.GetProperty("status").GetString());
        Assert.Equal("", (await OverEventStreamAsync(ada, completion, 5_000)).Text);
    }

    [Fact]
    public async Task The_text_so_far_is_in_the_message_while_it_is_made()
    {
        var gate = new Gate();
        var question = Unique("Slowly?");
        AnswerTo(question, Reply.Of("So far").Wait(gate).Text(" and done."));
        var ada = await app.RegisterAsync("slow");
        var conversation = await ada.CreateConversationAsync();
        var completion = await ada.StartAsync(conversation, question);
        await gate.Reached;

        await TextIsAsync(ada, completion, "So far");
        var so = await ada.Client.DataAsync($$"""{ completion(id: "{{completion}}") { status } conversation(id: "{{conversation}}") { activeCompletion { id } } }""");
        Assert.Equal("RUNNING", so.GetProperty("completion").GetProperty("status").GetString());
        Assert.Equal(completion, so.GetProperty("conversation").GetProperty("activeCompletion").GetProperty("id").GetString());
        var busy = await CompleteAsync(ada, new { conversationId = conversation, content = "Me too?" });
        Assert.Equal("CONVERSATION_BUSY", busy.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal(completion, busy.GetProperty("completion").GetProperty("id").GetString());

        gate.Open();
        Assert.Equal("So far and done.", (await OverSocketAsync(ada, completion, 0)).Text);
    }

    [Fact]
    public async Task Cancelling_keeps_the_text_and_ends_the_call_to_the_provider()
    {
        var gate = new Gate();
        var question = Unique("Endless?");
        AnswerTo(question, Reply.Of("Once upon a time").Wait(gate).Text("never"));
        var ada = await app.RegisterAsync("stopper");
        var completion = await ada.StartAsync(await ada.CreateConversationAsync(), question);
        await TextIsAsync(ada, completion, "Once upon a time");

        var cancelled = await ada.Client.DataAsync(
            "mutation($input: CancelCompletionInput!) { cancelCompletion(input: $input) { completion { status finishReason message { content } } errors { code } } }",
            new { input = new { id = completion } });

        var ended = cancelled.GetProperty("cancelCompletion").GetProperty("completion");
        Assert.Equal("CANCELLED", ended.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("finishReason").ValueKind);
        Assert.Equal("Once upon a time", ended.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(("Once upon a time", "CANCELLED"), await EndOfAsync(ada, completion));
    }

    [Fact]
    public async Task A_wish_to_cancel_that_was_left_silently_is_found_by_the_sweep()
    {
        var gate = new Gate();
        var question = Unique("And on?");
        AnswerTo(question, Reply.Of("And on").Wait(gate));
        var ada = await app.RegisterAsync("ada");
        var completion = await ada.StartAsync(await ada.CreateConversationAsync(), question);
        await gate.Reached;

        // As another instance leaves it, when its notification is lost.
        var id = long.Parse(Person.NumberOf(completion), CultureInfo.InvariantCulture);
        await using (var db = Tables.Open(app.Database))
            Assert.Equal(1, await db.Completions.Where(c => c.Id == id).ExecuteUpdateAsync(set => set.SetProperty(c => c.CancelRequestedAt, DateTime.UtcNow)));
        Assert.Equal("CANCELLED", (await OverEventStreamAsync(ada, completion, 0)).Finished.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Regenerating_replaces_the_answer_and_lists_the_old_one()
    {
        var question = Unique("Again?");
        var ada = await app.RegisterAsync("again");
        var conversation = await ada.CreateConversationAsync();
        AnswerTo(question, Reply.Of("First"));
        var first = (await CompleteAsync(ada, new { conversationId = conversation, content = question })).GetProperty("completion");
        AnswerTo(question, Reply.Of("Second"));
        Assert.Equal(
            first.GetProperty("id").GetString(),
            (await CompleteAsync(ada, new { conversationId = conversation })).GetProperty("completion").GetProperty("id").GetString());
        await CompleteAsync(ada, new { conversationId = conversation, regenerate = true });

        var messages = (await ada.Client.DataAsync($$"""{ conversation(id: "{{conversation}}") { messages { nodes { content alternatives { content } } } } }"""))
            .GetProperty("conversation").GetProperty("messages").GetProperty("nodes");
        Assert.Equal([question, "Second"], messages.EnumerateArray().Select(m => m.GetProperty("content").GetString()));
        Assert.Equal(["First"], messages[1].GetProperty("alternatives").EnumerateArray().Select(m => m.GetProperty("content").GetString()));

        AnswerTo(question, Reply.Of("Third"));
        await CompleteAsync(ada, new { conversationId = conversation, regenerate = true });
        var some = (await ada.Client.DataAsync(
            "query($id: ID!) { node(id: $id) { ... on Message { all: alternatives { content alternatives { content } } latest: alternatives(count: 1) { content } none: alternatives(count: 0) { content } } } }",
            new { id = Message(first) })).GetProperty("node");
        // Seen from the first answer, which is itself one of them.
        Assert.Equal("""[{"content":"Second","alternatives":[{"content":"First"}]}]""", some.GetProperty("all").GetRawText());
        Assert.Equal("""[{"content":"Second"}]""", some.GetProperty("latest").GetRawText());
        Assert.Equal("[]", some.GetProperty("none").GetRawText());
        var current = await ada.Client.RunAsync($$"""{ conversation(id: "{{conversation}}") { messages { nodes { alternatives(count: 1) { content } } } } }""");
        Assert.Equal(
            """[{"alternatives":[]},{"alternatives":[{"content":"Second"}]}]""",
            current.Data.GetProperty("conversation").GetProperty("messages").GetProperty("nodes").GetRawText());
        foreach (var count in new[] { -1, 101 })
            Assert.Equal(["BAD_USER_INPUT"], (await ada.Client.RunAsync($$"""{ node(id: "{{Message(first)}}") { ... on Message { alternatives(count: {{count}}) { id } } } }""")).Codes);
    }

    private static string Message(JsonElement completion) => $"msg_{Person.NumberOf(completion.GetProperty("id").GetString()!)}";

    [Fact]
    public async Task The_model_gets_the_system_prompt_and_the_complete_history()
    {
        var (one, two) = (Unique("One?"), Unique("Two?"));
        var ada = await app.RegisterAsync("history");
        var conversation = await ada.CreateConversationAsync(systemPrompt: "Count.");
        AnswerTo(one, Reply.Of("1"));
        await CompleteAsync(ada, new { conversationId = conversation, content = one });
        AnswerTo(two, Reply.Of("2"));
        await CompleteAsync(ada, new { conversationId = conversation, content = two, maxOutputTokens = 100, temperature = 0.5 });

        var request = app.Provider.Requests.Single(r => r.LastUserMessage == two).Body;
        Assert.Equal(
            [("system", "Count."), ("user", one), ("assistant", "1"), ("user", two)],
            request.GetProperty("messages").EnumerateArray().Select(m => (m.GetProperty("role").GetString()!, TextOf(m.GetProperty("content")))));
        Assert.Equal(0.5, request.GetProperty("temperature").GetDouble());
    }

    [Fact]
    public async Task Nothing_is_stored_of_what_cannot_be_asked()
    {
        var ada = await app.RegisterAsync("refused");
        var conversation = await ada.CreateConversationAsync();
        async Task RefusedAsync(string code, object input) =>
            Assert.Equal(code, (await CompleteAsync(ada, input)).GetProperty("errors")[0].GetProperty("code").GetString());

        await RefusedAsync("NOTHING_TO_COMPLETE", new { conversationId = conversation });
        await RefusedAsync("CONTEXT_OVERFLOW", new { conversationId = conversation, content = string.Concat(Enumerable.Repeat("word ", 20_000)) });
        await RefusedAsync("MODEL_NOT_ALLOWED", new { conversationId = conversation, content = "Hi", model = "gpt-100" });
        await RefusedAsync("BAD_USER_INPUT", new { conversationId = conversation, content = " \n\t" });
        await RefusedAsync("BAD_USER_INPUT", new { conversationId = conversation, content = "Hi", temperature = 2.5 });
        await RefusedAsync("BAD_USER_INPUT", new { conversationId = conversation, content = "Hi", maxOutputTokens = 0 });
        await RefusedAsync("NOT_FOUND", new { conversationId = "cnv_424242", content = "Hi" });
        var count = await ada.Client.DataAsync($$"""{ conversation(id: "{{conversation}}") { messages { totalCount } } }""");
        Assert.Equal(0, count.GetProperty("conversation").GetProperty("messages").GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task Anothers_completion_cannot_be_watched()
    {
        var question = Unique("Mine?");
        AnswerTo(question, Reply.Of("Yes."));
        var ada = await app.RegisterAsync("mine");
        var eve = await app.RegisterAsync("eve");
        var completion = await ada.StartAsync(await ada.CreateConversationAsync(), question);
        await using var socket = await GraphQLSocket.ConnectAsync(app.App.Address, eve.Token);
        var answers = new List<JsonElement>();
        await foreach (var next in socket.SubscribeAsync(Events, new { id = completion, after = 0 })) answers.Add(next);
        Assert.Equal("NOT_FOUND", Assert.Single(answers).GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString());
    }

    private void AnswerTo(string question, Reply reply) => app.Provider.When(request => request.IsChat && request.LastUserMessage == question, reply);

    /// <summary>Classes share their provider, tests run side by side: each question has its own answer.</summary>
    private static string Unique(string question) => $"{question} ({Guid.NewGuid():N})";

    private static string TextOf(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.GetString()! : content[0].GetProperty("text").GetString()!;

    private static async Task<JsonElement> CompleteAsync(Member person, object input) => (await person.Client.DataAsync(
        "mutation($input: StartCompletionInput!) { complete(input: $input) { completion { id status } errors { code } } }", new { input })).GetProperty("complete");

    private static Task<JsonElement> TextIsAsync(Member person, string completion, string text) => Eventually.GetAsync(
        () => person.Client.DataAsync($$"""{ completion(id: "{{completion}}") { message { content } } }"""),
        data => data.GetProperty("completion").GetProperty("message").GetProperty("content").GetString() == text);

    private async Task<(string Text, JsonElement Finished)> OverSocketAsync(Member person, string completion, int after)
    {
        await using var socket = await GraphQLSocket.ConnectAsync(app.App.Address, person.Token);
        return await JoinAsync(socket.SubscribeAsync(Events, new { id = completion, after }));
    }

    private async Task<(string Text, JsonElement Finished)> OverEventStreamAsync(Member person, string completion, int after)
    {
        using var http = app.App.As(person.Token);
        var body = JsonSerializer.Serialize(new { query = Events, variables = new { id = completion, after } });
        using var response = await http.PostForEventsAsync("/graphql", new StringContent(body, null, "application/json"));
        return await JoinAsync(EventStreamReader.ReadAsync(response).Where(e => e.EventType == "next").Select(e => JsonDocument.Parse(e.Data).RootElement));
    }

    private async Task<(string Text, string? Status)> EndOfAsync(Member person, string completion)
    {
        var (text, finished) = await OverSocketAsync(person, completion, 0);
        return (text, finished.GetProperty("status").GetString());
    }

    private static async Task<(string Text, JsonElement Finished)> JoinAsync(IAsyncEnumerable<JsonElement> results)
    {
        var text = "";
        JsonElement? finished = null;
        await foreach (var result in results)
        {
            Assert.Null(finished);
            var told = result.GetProperty("data").GetProperty("completionEvents");
            if (told.TryGetProperty("completion", out var completion)) finished = completion;
            else text += told.GetProperty("content").GetString();
        }

        Assert.NotNull(finished);
        return (text, finished.Value);
    }
}
