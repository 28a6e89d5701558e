using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>A message as it was acknowledged.</summary>
internal sealed class Line(string role, string content, string? id = null, int? sequence = null)
{
    public string Role => role;

    /// <summary>Null where the answer did not tell it.</summary>
    public string? Id => id;

    public int? Sequence => sequence;

    public string Content { get; set; } = content;
}

/// <summary>
/// One of a user's windows: it writes, asks, edits and deletes, one thing after the other, mostly in a conversation that nobody else writes
/// in, so that what was acknowledged says exactly what must be stored.
/// </summary>
internal sealed class Window(CarefulClient client, Journal journal, Random random, string name, string shared)
{
    private int _last;

    public string Name => name;

    public string Conversation { get; private set; } = "";

    /// <summary>What must be in the conversation, in order.</summary>
    public List<Line> Lines { get; } = [];

    /// <summary>What it wrote in the conversation that all windows of its user write in.</summary>
    public List<Line> SharedLines { get; } = [];

    /// <summary>What it asked a model, each once.</summary>
    public List<string> Questions { get; } = [];

    /// <summary>What the model answers.</summary>
    public static string AnswerTo(string question) => $"You said: {question}, and I heard it.";

    public async Task OpenAsync()
    {
        var made = await client.MutateAsync(
            "createConversation", "CreateConversationInput", "conversation { id }", new { title = name, idempotencyKey = name });
        Conversation = made.Data.GetProperty("conversation").GetProperty("id").GetString()!;
        journal.Acknowledge();
    }

    /// <summary>Goes on until it is told to stop; what it has begun then, it still settles.</summary>
    public async Task RunAsync(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await (random.Next(20) switch
            {
                < 8 => WriteAsync(Conversation, Lines),
                < 11 => WriteAsync(shared, SharedLines),
                < 13 => EditAsync(),
                < 14 => DeleteAsync(),
                < 16 => AskAsync(),
                < 17 => AskFacadeAsync(),
                < 18 => AskFacadeStreamAsync(),
                _ => AskAndWatchAsync(),
            });
            journal.Acknowledge();
        }
    }

    private string Next(string what) => $"{name}.{++_last}-{what}";

    private async Task WriteAsync(string conversation, List<Line> lines)
    {
        var content = Next("note");
        var sent = await client.MutateAsync(
            "createMessage", "CreateMessageInput", "message { id sequence content }", new { conversationId = conversation, content, idempotencyKey = content });
        if (sent.Code is not null) journal.Note($"createMessage: {sent.Code}");
        else lines.Add(LineOf("USER", sent.Data.GetProperty("message"), content));
    }

    private async Task EditAsync()
    {
        if (Note() is not { } line) return;
        var content = Next("edited");
        var edited = await client.MutateAsync("updateMessage", "UpdateMessageInput", "message { content }", new { id = line.Id, content });
        if (edited.Code is not null) journal.Note($"updateMessage: {edited.Code}");
        line.Content = content;
    }

    private async Task DeleteAsync()
    {
        if (Note() is not { } line) return;
        var deleted = await client.MutateAsync("deleteMessage", "DeleteMessageInput", "deletedMessageId", new { id = line.Id });
        // Gone by an attempt whose answer was lost.
        if (deleted.Code is not null && !(deleted.Code == "NOT_FOUND" && deleted.Attempts > 1)) journal.Note($"deleteMessage: {deleted.Code}");
        Lines.Remove(line);
    }

    /// <summary>Something of its own that is no question.</summary>
    private Line? Note()
    {
        var notes = Lines.Where(line => line.Id is not null && line.Role == "USER" && !Questions.Contains(line.Content)).ToList();
        return notes.Count == 0 ? null : notes[random.Next(notes.Count)];
    }

    private async Task AskAsync()
    {
        var question = Ask();
        var answered = await client.MutateAsync(
            "complete", "StartCompletionInput", CompletionSelection, InputOf(question), payload => !HasCompleted(payload.GetProperty("completion")));
        Heard(question, answered);
    }

    private async Task AskAndWatchAsync()
    {
        var question = Ask();
        var heard = await client.SettleAsync<Payload>(question, async _ =>
        {
            var started = await client.MutateAsync("startCompletion", "StartCompletionInput", CompletionSelection, InputOf(question));
            if (started.Code is not null) return started;
            var ended = await WatchAsync(started.Data.GetProperty("completion").GetProperty("id").GetString()!);
            // The key is good for another attempt at what was interrupted.
            return HasCompleted(ended.GetProperty("completion")) ? new Payload(ended, null, 1) : null;
        });
        Heard(question, heard);
    }

    /// <summary>The end of a completion, watched over however many connections it takes.</summary>
    private async Task<JsonElement> WatchAsync(string id)
    {
        var text = new StringBuilder();
        var ended = await client.SettleAsync<Payload>($"watching {id}", async attempt =>
        {
            var query = $$"""
                subscription($id: ID!, $after: Int!) { completionEvents(id: $id, after: $after) {
                    ... on CompletionDelta { content offset } ... on CompletionFinished { {{CompletionSelection}} } } }
                """;
            await foreach (var data in client.SubscribeAsync(query, new { id, after = text.Length }))
            {
                var item = data.GetProperty("completionEvents");
                if (item.TryGetProperty("completion", out _)) return new Payload(item, null, attempt);
                text.Append(item.GetProperty("content").GetString());
                if (item.GetProperty("offset").GetInt32() != text.Length) journal.Note($"{id}: a delta at the wrong offset");
            }

            return null;
        });
        var completion = ended.Data.GetProperty("completion");
        if (HasCompleted(completion) && completion.GetProperty("message").GetProperty("content").GetString() != text.ToString())
            journal.Note($"{id}: the joined deltas are not the stored text");
        return ended.Data;
    }

    private async Task AskFacadeAsync()
    {
        var question = Ask();
        var answer = await client.PostAsync(CompletePath, new { stream = false, content = question }, question, async response =>
        {
            using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
            return body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        });
        Heard(question, answer);
    }

    private async Task AskFacadeStreamAsync()
    {
        var question = Ask();
        var answer = await client.PostAsync(CompletePath, new { stream = true, content = question }, question, async response =>
        {
            var text = new StringBuilder();
            await foreach (SseItem<string> item in EventStreamReader.ReadAsync(response))
            {
                if (item.Data == "[DONE]") return text.ToString();
                var chunk = JsonElement.Parse(item.Data);
                if (chunk.TryGetProperty("error", out _)) return null;
                text.Append(chunk.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString());
            }

            return null;
        });
        Heard(question, answer);
    }

    private const string CompletionSelection = "completion { id status question { id sequence } message { id sequence content } }";

    private string CompletePath => $"/conversations/{Person.NumberOf(Conversation)}/messages:complete";

    private string Ask()
    {
        var question = Next("question");
        Questions.Add(question);
        return question;
    }

    private object InputOf(string question) => new { conversationId = Conversation, content = question, idempotencyKey = question };

    private static bool HasCompleted(JsonElement completion) => completion.GetProperty("status").GetString() == "COMPLETED";

    private void Heard(string question, Payload answered)
    {
        if (answered.Code is not null)
        {
            journal.Note($"{question}: {answered.Code}");
            return;
        }

        var completion = answered.Data.GetProperty("completion");
        Lines.Add(LineOf("USER", completion.GetProperty("question"), question));
        Lines.Add(LineOf("ASSISTANT", completion.GetProperty("message"), AnswerTo(question)));
    }

    private void Heard(string question, string answer)
    {
        if (answer != AnswerTo(question)) journal.Note($"{question}: answered by {answer}");
        Lines.Add(new Line("USER", question));
        Lines.Add(new Line("ASSISTANT", AnswerTo(question)));
    }

    private static Line LineOf(string role, JsonElement message, string content) =>
        new(role, content, message.GetProperty("id").GetString(), message.GetProperty("sequence").GetInt32());
}
