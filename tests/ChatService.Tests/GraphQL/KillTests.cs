using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

public sealed class PostgresKillTests() : KillTests(DatabaseKind.Postgres);

public sealed class SqliteKillTests() : KillTests(DatabaseKind.Sqlite);

/// <summary>The process killed in the middle of an answer.</summary>
public abstract class KillTests(DatabaseKind kind)
{
    [Fact]
    public async Task After_a_kill_the_question_and_the_text_so_far_are_there_and_completing_again_works()
    {
        await using var database = await Databases.CreateAsync(kind);
        await using var provider = await ScriptedProvider.StartAsync();
        var settings = new Dictionary<string, string?> { ["Completions:Lease"] = "00:00:02", ["Completions:LeaseRenewal"] = "00:00:00.5" };
        provider.Answer(Reply.Of("Once upon ", "a time").Wait(new Gate()));
        string token, conversation, completion;
        await using (var service = await ChatProcess.StartAsync(database, provider, settings))
        {
            var nobody = new GraphQLClient(service.CreateClient());
            var created = await nobody.DataAsync("""mutation { createUser(input: { username: "ada", password: "correct horse" }) { session { token } } }""");
            token = created.GetProperty("createUser").GetProperty("session").GetProperty("token").GetString()!;
            var ada = ClientOf(service, token);
            conversation = (await ada.DataAsync("mutation { createConversation(input: {}) { conversation { id } } }"))
                .GetProperty("createConversation").GetProperty("conversation").GetProperty("id").GetString()!;
            completion = (await ada.DataAsync(
                "mutation($input: StartCompletionInput!) { startCompletion(input: $input) { completion { id } } }",
                new { input = new { conversationId = conversation, content = "A story?" } })).GetProperty("startCompletion").GetProperty("completion").GetProperty("id").GetString()!;
            await Eventually.GetAsync(() => StoredTextAsync(database), text => text == "Once upon a time");
            await service.KillAsync();
        }

        await using (var service = await ChatProcess.StartAsync(database, provider, settings))
        {
            var ada = ClientOf(service, token);
            var settled = await Eventually.GetAsync(
                () => ada.DataAsync($$"""{ completion(id: "{{completion}}") { status message { content } question { content } } }"""),
                data => data.GetProperty("completion").GetProperty("status").GetString() != "RUNNING");
            Assert.Equal(
                """{"status":"INTERRUPTED","message":{"content":"Once upon a time"},"question":{"content":"A story?"}}""",
                settled.GetProperty("completion").GetRawText());
            provider.Answer("Once upon a time, and so on.");
            var again = await ada.DataAsync(
                "mutation($input: StartCompletionInput!) { complete(input: $input) { completion { status question { content } message { content alternatives { content } } } } }",
                new { input = new { conversationId = conversation } });
            Assert.Equal(
                """{"status":"COMPLETED","question":{"content":"A story?"},"message":{"content":"Once upon a time, and so on.","alternatives":[{"content":"Once upon a time"}]}}""",
                again.GetProperty("complete").GetProperty("completion").GetRawText());
        }
    }

    private static GraphQLClient ClientOf(ChatProcess service, string token)
    {
        var http = service.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new GraphQLClient(http);
    }

    /// <summary>What a kill would leave: the pieces in the table.</summary>
    private static Task<string> StoredTextAsync(TestDatabase database) => ServiceHost.ReadAsync(
        database, async db => string.Concat(await db.CompletionTexts.OrderBy(t => t.Offset).Select(t => t.Content).ToListAsync()));
}
