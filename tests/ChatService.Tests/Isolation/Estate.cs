using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatService.Tests;

/// <summary>Somebody with one of everything that can be owned, and the names by which it can be asked for.</summary>
internal sealed partial class Estate(IReadOnlyDictionary<string, string> names)
{
    /// <summary>Names of nothing, of the same shapes.</summary>
    public static Estate OfNobody { get; } = new(new Dictionary<string, string>
    {
        ["user"] = "usr_900719",
        ["conversation"] = "cnv_900719",
        ["busy"] = "cnv_900720",
        ["message"] = "msg_900719",
        ["answer"] = "msg_900720",
        ["completion"] = "cpl_900719",
        ["recalled"] = "cpl_900720",
        ["running"] = "cpl_900721",
        ["username"] = "hyjtnvdrpl",
        ["password"] = "the password of nobody",
        ["word"] = "hyjtnvdrpl",
        ["key"] = "a-key-that-nobody-used",
    });

    public string this[string name] => names[name];

    public long UserId => long.Parse(Person.NumberOf(names["user"]), CultureInfo.InvariantCulture);

    /// <param name="address">Where the service is.</param>
    /// <param name="provider">Its model, which repeats what it is asked, and never ends where that has the word "hold".</param>
    /// <param name="word">Stands in every text of theirs and in none of anybody else's.</param>
    public static async Task<Estate> SettleAsync(Uri address, ScriptedProvider provider, string word)
    {
        provider.When(request => request.IsChat && request.LastUserMessage.Contains($"{word} hold", StringComparison.Ordinal), Reply.Of(word).Wait(new Gate()));
        var names = new Dictionary<string, string> { ["word"] = word, ["username"] = word, ["password"] = $"the password of {word}", ["key"] = $"key-of-{word}" };
        var estate = new Estate(names);
        using var http = new HttpClient { BaseAddress = address };
        names["user"] = await MakeAsync(
            "mutation { createUser(input: { username: $username, password: $password }) { session { token } user { id } } }", "user", "session.token", "token");
        http.DefaultRequestHeaders.Authorization = new("Bearer", names["token"]);
        names["changeCursor"] = (await AskAsync("{ changeCursor }")).GetProperty("changeCursor").GetString()!;
        names["conversation"] = await MakeAsync(
            $$"""mutation { createConversation(input: { title: "{{word}} title", systemPrompt: "{{word}} system" }) { conversation { id } } }""", "conversation");
        names["message"] = await MakeAsync(
            $$"""mutation { createMessage(input: { conversationId: $conversation, content: "{{word}} note" }) { message { id } } }""", "message");
        await AskAsync($$"""mutation { complete(input: { conversationId: $conversation, content: "{{word}} question" }) { completion { status } } }""");
        names["completion"] = await MakeAsync(
            "mutation { complete(input: { conversationId: $conversation, regenerate: true }) { completion { id message { id } } } }",
            "completion", "completion.message.id", "answer");
        names["other"] = await MakeAsync($$"""mutation { createConversation(input: { title: "{{word}} other" }) { conversation { id } } }""", "conversation");
        names["recalled"] = await MakeAsync(
            $$"""mutation { complete(input: { conversationId: $other, content: "{{word}}", recall: true }) { completion { id } } }""", "completion");
        names["busy"] = await MakeAsync($$"""mutation { createConversation(input: { title: "{{word}} busy" }) { conversation { id } } }""", "conversation");
        names["running"] = await MakeAsync(
            $$"""mutation { startCompletion(input: { conversationId: $busy, content: "{{word}} hold" }) { completion { id } } }""", "completion");
        await Eventually.GetAsync(
            () => AskAsync("{ searchStatus { pending } }"), answer => answer.GetProperty("searchStatus").GetProperty("pending").GetInt32() == 0);
        var cursors = await AskAsync("""
            { me { conversations(first: 1) { pageInfo { endCursor } } }
              conversation(id: $conversation) { messages(first: 1) { pageInfo { endCursor } } }
              searchMessages(query: $word, first: 1) { pageInfo { endCursor } } }
            """);
        names["conversationCursor"] = CursorOf(cursors.GetProperty("me").GetProperty("conversations"));
        names["messageCursor"] = CursorOf(cursors.GetProperty("conversation").GetProperty("messages"));
        names["searchCursor"] = CursorOf(cursors.GetProperty("searchMessages"));
        return estate;

        Task<JsonElement> AskAsync(string document) => new GraphQLClient(http).DataAsync(Fill(document, estate, estate, name => JsonSerializer.Serialize(name)));

        // The id of what the only mutation made; and what else is wanted of its payload.
        async Task<string> MakeAsync(string document, string thing, string? path = null, string? name = null)
        {
            var payload = (await AskAsync(document)).EnumerateObject().Single().Value;
            if (name is not null) names[name] = path!.Split('.').Aggregate(payload, (value, part) => value.GetProperty(part)).GetString()!;
            return payload.GetProperty(thing).GetProperty("id").GetString()!;
        }

        static string CursorOf(JsonElement connection) => connection.GetProperty("pageInfo").GetProperty("endCursor").GetString()!;
    }

    /// <summary>Puts names into a template: <c>$message</c> is one of <paramref name="theirs"/>, <c>$my_message</c> one of <paramref name="mine"/>.</summary>
    public static string Fill(string template, Estate mine, Estate theirs, Func<string, string> write) => Name().Replace(
        template, match => write((match.Groups[1].Success ? mine : theirs)[match.Groups[2].Value]));

    /// <summary>Whether any of it shows: the word, an id, the token or the password.</summary>
    public bool ShowsIn(string answer) =>
        names.Where(name => !name.Key.EndsWith("Cursor", StringComparison.Ordinal) && name.Key != "key")
            .Any(name => answer.Contains(name.Value.Contains('_', StringComparison.Ordinal) ? $"\"{name.Value}\"" : name.Value, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\$(my_)?(\w+)")]
    private static partial Regex Name();
}
