using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

public sealed class PostgresInputLimitTests(SecurePostgresApp app) : InputLimitTests(app), IClassFixture<SecurePostgresApp>;

public sealed class SqliteInputLimitTests(SecureSqliteApp app) : InputLimitTests(app), IClassFixture<SecureSqliteApp>;

/// <summary>Every limit of what a caller sends, on both faces: one less, just so much, one more.</summary>
public abstract class InputLimitTests(IsolationApp app)
{
    private const string Refused = "BAD_USER_INPUT";

    [Fact]
    public async Task Texts_are_as_long_as_they_may_be()
    {
        using var ada = await Asker.SettleAsync(app);
        var (conversation, message, number) = (ada.Conversation, ada.Message, Person.NumberOf(ada.Conversation));
        foreach (var (what, limit, ask) in new (string, int, Func<string, Task<string?>>)[]
        {
            ("createMessage", 131_072, text => ada.MutateAsync("createMessage", new { conversationId = conversation, content = text })),
            ("updateMessage", 131_072, text => ada.MutateAsync("updateMessage", new { id = message, content = text })),
            ("startCompletion", 131_072, text => ada.MutateAsync("complete", new { conversationId = conversation, content = text })),
            ("createConversation systemPrompt", 131_072, text => ada.MutateAsync("createConversation", new { systemPrompt = text })),
            ("updateConversation systemPrompt", 131_072, text => ada.MutateAsync("updateConversation", new { id = conversation, systemPrompt = text })),
            ("POST messages", 131_072, text => ada.SendAsync("POST", $"/conversations/{number}/messages", new { content = text })),
            ("PATCH messages", 131_072, text => ada.SendAsync("PATCH", $"/conversations/{number}/messages/{Person.NumberOf(message)}", new { content = text })),
            ("POST messages:complete", 131_072, text => ada.SendAsync("POST", $"/conversations/{number}/messages:complete", new { content = text })),
            ("createConversation title", 200, text => ada.MutateAsync("createConversation", new { title = text })),
            ("updateConversation title", 200, text => ada.MutateAsync("updateConversation", new { id = conversation, title = text })),
            ("POST conversations", 200, text => ada.SendAsync("POST", "/conversations", new { title = text, user_id = ada.UserId })),
            ("PATCH conversations", 200, text => ada.SendAsync("PATCH", $"/conversations/{number}", new { title = text })),
            ("searchMessages", 1_000, text => ada.AskAsync("query($text: String!) { searchMessages(query: $text) { degraded } }", new { text })),
            ("GET messages:search", 1_000, text => ada.SendAsync("GET", $"/users/{ada.UserId}/messages:search?q={Uri.EscapeDataString(text)}")),
        })
        {
            // Longer than the model's context is another refusal, and one of the model's size.
            Assert.Contains(await ask(Text(limit - 1)), new[] { null, "CONTEXT_OVERFLOW" });
            Assert.Contains(await ask(Text(limit)), new[] { null, "CONTEXT_OVERFLOW" });
            Assert.Equal((what, Refused), (what, await ask(Text(limit + 1))));
            Assert.Equal((what, Refused), (what, await ask("")));
            Assert.Equal((what, Refused), (what, await ask(" \n\t\u2003")));
            Assert.Equal((what, null), (what, await ask("a")));
        }
    }

    [Fact]
    public async Task Names_passwords_and_keys_are_as_long_as_they_may_be()
    {
        using var ada = await Asker.SettleAsync(app);
        using var nobody = new Asker(app.App.As(null));
        var number = Person.NumberOf(ada.Conversation);
        var people = 0;

        foreach (var (face, letter) in new[] { (true, 'g'), (false, 'r') })
        {
            foreach (var (length, code) in new[] { (0, Refused), (1, null), (63, null), (64, null), (65, Refused) })
                Assert.Equal((length, code), (length, await RegisterAsync(face, Make(letter, 'é', length), "correct horse")));
            foreach (var (length, code) in new[] { (0, Refused), (7, Refused), (8, null), (127, null), (128, null), (129, Refused) })
                Assert.Equal((length, code), (length, await RegisterAsync(face, $"{letter}.{people++}", string.Concat(Enumerable.Repeat("😀", length)))));
            foreach (var bad in new[] { " ada", "ada ", "-ada", ".ada", "a da", "a/da", "a\u0301\u0301da", "аdа", "ada\u200b", "a😀", "a\n", "ＡＤＡ" })
                Assert.Equal((bad, Refused), (bad, await RegisterAsync(face, bad, "correct horse")));
            Assert.Equal(Refused, await RegisterAsync(face, $"{letter}verylongname", $"{letter}VERYLONGNAME"));
            foreach (var (name, password) in new[] { ("verylongnamé", "VERYLONGNAME\u0301"), ("verylongname\u0301", "verylongnamé"), ("verylongname\u0301", "verylongname\u0301"), ("Ạ\u0302ngstrom", "a\u0302\u0323NGSTROM") })
                Assert.Equal((name, password, Refused), (name, password, await RegisterAsync(face, letter + name, letter + password)));
            Assert.Null(await RegisterAsync(face, $"{letter}Zoé", "correct horse"));
            Assert.Equal("USERNAME_TAKEN", await RegisterAsync(face, $"{letter}zoe\u0301".ToUpperInvariant(), "correct horse"));
        }

        foreach (var change in new Func<string, string, Task<string?>>[]
        {
            (old, next) => ada.MutateAsync("changePassword", new { currentPassword = old, newPassword = next }),
            (old, next) => ada.SendAsync("PATCH", $"/users/{ada.Username}", new { password = old, new_password = next }),
        })
        {
            var password = Member.Password;
            foreach (var (length, code) in new[] { (0, Refused), (7, Refused), (8, null), (128, null), (129, Refused) })
            {
                var next = string.Concat(Enumerable.Repeat("é", length));
                Assert.Equal((length, code), (length, await change(password, next)));
                if (code is null) password = next;
            }

            Assert.Null(await change(password, Member.Password));
        }

        using var emile = new Asker(app.App.As(await TokenAsync("Émile.Zola")));
        foreach (var password in new[] { "Émile.Zola", "e\u0301mile.zola" })
        {
            Assert.Equal(Refused, await emile.MutateAsync("changePassword", new { currentPassword = "correct horse", newPassword = password }));
            Assert.Equal(Refused, await emile.SendAsync("PATCH", "/users/%C3%89mile.Zola", new { password = "correct horse", new_password = password }));
        }

        foreach (var (what, letter, ask) in new (string, char, Func<string, Task<string?>>)[]
        {
            ("createConversation", 'a', key => ada.MutateAsync("createConversation", new { title = "New", idempotencyKey = key })),
            ("createMessage", 'b', key => ada.MutateAsync("createMessage", new { conversationId = ada.Conversation, content = "New", idempotencyKey = key })),
            ("complete", 'c', key => ada.MutateAsync("complete", new { conversationId = ada.Conversation, content = "New", idempotencyKey = key })),
            ("POST conversations", 'd', key => ada.SendAsync("POST", "/conversations", new { title = "New", user_id = ada.UserId }, key)),
            ("POST messages", 'e', key => ada.SendAsync("POST", $"/conversations/{number}/messages", new { content = "New" }, key)),
            ("POST messages:complete", 'f', key => ada.SendAsync("POST", $"/conversations/{number}/messages:complete", new { content = "New" }, key)),
        })
        {
            foreach (var (length, code) in new[] { (0, Refused), (1, null), (254, null), (255, null), (256, Refused) })
                Assert.Equal((what, length, code), (what, length, await ask(Make(letter, '~', length))));
            Assert.Equal((what, Refused), (what, await ask("two words")));
        }

        Task<string?> RegisterAsync(bool isGraphQL, string username, string password) => isGraphQL
            ? nobody.MutateAsync("createUser", new { username, password })
            : nobody.SendAsync("POST", "/users", new { username, password });

        async Task<string> TokenAsync(string username)
        {
            using var response = await nobody.Http.PostAsJsonAsync("/users", new { username, password = "correct horse" });
            return response.Headers.GetValues("X-Session-Token").Single();
        }
    }

    [Fact]
    public async Task Control_characters_are_kept_but_for_the_one_that_no_database_takes()
    {
        const string Kept = "\u0001\u0007\u001b[31m\r\n\t\u007f\u0085\u2028\ufeff end";
        using var ada = await Asker.SettleAsync(app);
        var path = $"/conversations/{Person.NumberOf(ada.Conversation)}/messages";
        Assert.Null(await ada.MutateAsync("createMessage", new { conversationId = ada.Conversation, content = Kept + 1 }));
        Assert.Null(await ada.SendAsync("POST", path, new { content = Kept + 2 }));
        Assert.Equal(Refused, await ada.MutateAsync("createMessage", new { conversationId = ada.Conversation, content = "a\0b" }));
        Assert.Equal(Refused, await ada.SendAsync("POST", path, new { content = "a\0b" }));
        var said = (await ada.Http.GetFromJsonAsync<JsonElement>(path)).EnumerateArray().Select(message => message.GetProperty("content").GetString());
        Assert.Equal([Kept + 1, Kept + 2], said.TakeLast(2));
    }

    [Fact]
    public async Task Numbers_and_lists_are_as_large_as_they_may_be()
    {
        using var ada = await Asker.SettleAsync(app);
        var number = Person.NumberOf(ada.Conversation);
        foreach (var page in new Func<int, Task<string?>>[]
        {
            size => ada.AskAsync($"{{ me {{ conversations(first: {size}) {{ totalCount }} }} }}"),
            size => ada.AskAsync($"{{ me {{ conversations(last: {size}) {{ totalCount }} }} }}"),
            size => ada.AskAsync($"{{ conversation(id: \"{ada.Conversation}\") {{ messages(first: {size}) {{ totalCount }} }} }}"),
            size => ada.AskAsync($"{{ conversation(id: \"{ada.Conversation}\") {{ messages(last: {size}) {{ totalCount }} }} }}"),
            size => ada.AskAsync($"{{ conversation(id: \"{ada.Conversation}\") {{ messages(first: {size}, around: \"{ada.Message}\") {{ totalCount }} }} }}"),
            size => ada.AskAsync($"{{ searchMessages(query: \"a\", first: {size}) {{ degraded }} }}"),
            size => ada.SendAsync("GET", $"/users/{ada.UserId}/messages:search?q=a&limit={size}"),
        })
            await ExpectAsync(page, (-1, Refused), (0, Refused), (1, null), (99, null), (100, null), (101, Refused));

        await ExpectAsync(
            count => ada.AskAsync("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", new { ids = Enumerable.Repeat(ada.Message, count) }), (0, null), (99, null), (100, null), (101, Refused));
        await ExpectAsync(
            count => ada.AskAsync(
                "query($ids: [ID!]) { searchMessages(query: \"a\", filter: { conversationIds: $ids }) { degraded } }", new { ids = Enumerable.Repeat(ada.Conversation, count) }),
            (0, null), (99, null), (100, null), (101, Refused));
        await ExpectAsync(
            count => ada.AskAsync($"{{ searchMessages(query: \"words\") {{ edges {{ preceding(count: {count}) {{ id }} following(count: {count}) {{ id }} }} }} }}"),
            (-1, Refused), (0, null), (9, null), (10, null), (11, Refused));
        await ExpectAsync(
            async after => Either(await ada.AskAsync($"subscription {{ completionEvents(id: \"{ada.Completion}\", after: {after}) {{ __typename }} }}")),
            (-1L, Refused), (0, null), (int.MaxValue - 1, null), (int.MaxValue, null), (int.MaxValue + 1L, Refused));
        foreach (var complete in new Func<object, object, Task<string?>>[]
        {
            async (temperature, tokens) => Either(await ada.AskAsync(
                $"mutation {{ complete(input: {{ conversationId: \"{ada.Conversation}\", temperature: {temperature}, maxOutputTokens: {tokens} }}) {{ errors {{ code }} }} }}")),
            (temperature, tokens) => ada.SendAsync("POST", $"/conversations/{number}/messages:complete", JsonElement.Parse($$"""{"temperature":{{temperature}},"max_output_tokens":{{tokens}}}""")),
        })
        {
            await ExpectAsync(temperature => complete(temperature, 1), ("-0.001", Refused), ("0", null), ("2", null), ("2.001", Refused), ("1e999", Refused));
            await ExpectAsync(tokens => complete(1, tokens), (-1L, Refused), (0, Refused), (1, null), (int.MaxValue, null), (int.MaxValue + 1L, Refused));
        }
    }

    [Fact]
    public async Task Ids_and_members_that_nobody_knows()
    {
        using var ada = await Asker.SettleAsync(app);
        var path = $"/conversations/{Person.NumberOf(ada.Conversation)}/messages";
        await ExpectAsync(
            id => ada.MutateAsync("deleteConversation", new { id }),
            new[] { "", "cnv_", "cnv_0", "cnv_-1", "cnv_01", "cnv_9223372036854775808", ada.Message, ada.Conversation.ToUpperInvariant(), ada.Conversation + " ", "７" }.Select(id => (id, (string?)"NOT_FOUND")).ToArray());
        await ExpectAsync(id => ada.AskAsync($"{{ conversation(id: {id}) {{ id }} }}"), ("7", null), ("true", "GRAPHQL_VALIDATION_FAILED"), ("1.5", "GRAPHQL_VALIDATION_FAILED"), ("[\"a\"]", "GRAPHQL_VALIDATION_FAILED"));
        await ExpectAsync(id => ada.SendAsync("GET", $"/conversations/{id}"), ("0", "NOT_FOUND"), ("-1", "NOT_FOUND"), ("abc", "NOT_FOUND"), ("9223372036854775808", "NOT_FOUND"));
        await ExpectAsync(role => ada.SendAsync("POST", path, new { content = "a", role }), ("user", null), ("User", Refused), ("assistant", Refused), ("system", Refused), ("", Refused));
        Assert.Equal("GRAPHQL_VALIDATION_FAILED", await ada.AskAsync(
            $"mutation {{ createMessage(input: {{ conversationId: \"{ada.Conversation}\", content: \"a\", sequence: 7 }}) {{ errors {{ code }} }} }}"));
        Assert.Equal(Refused, await ada.MutateAsync("createMessage", new { conversationId = ada.Conversation, content = "a", sequence = 7 }));

        using var made = await ada.Http.PostAsJsonAsync(path, new { content = "Mine", id = 1, owner_id = 2, sequence = 0, created_at = "1970-01-01", superseded = true });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        var last = (await ada.Http.GetFromJsonAsync<JsonElement>(path)).EnumerateArray().Last();
        Assert.Equal((id, "user", "Mine"), (last.GetProperty("id").GetInt64(), last.GetProperty("role").GetString(), last.GetProperty("content").GetString()));
    }

    /// <summary>What no Int can be fails the document, where it is a literal.</summary>
    private static string? Either(string? code) => code == "GRAPHQL_VALIDATION_FAILED" ? Refused : code;

    /// <summary>So many UTF-16 units, two in each character where that comes out even.</summary>
    private static string Text(int length) => string.Concat(Enumerable.Repeat("😀", length / 2)) + (length % 2 == 0 ? "" : "a");

    private static string Make(char first, char more, int length) => length == 0 ? "" : first + new string(more, length - 1);

    private static async Task ExpectAsync<T>(Func<T, Task<string?>> ask, params (T Value, string? Code)[] cases)
    {
        foreach (var (value, code) in cases) Assert.Equal((value, code), (value, await ask(value)));
    }
}
