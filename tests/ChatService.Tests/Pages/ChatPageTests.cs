using System.Collections.Concurrent;
using System.Net;

namespace ChatService.Tests;

// Where there is a keyboard, all is done once by that alone, too.
public sealed class DesktopChatPageTests() : ChatPageWalk("desktop", 23);

public sealed class PhoneChatPageTests() : ChatPageWalk("phone", 22);

/// <summary>The whole walk in Chromium; the screenshots stay in artifacts/chat-page.</summary>
public abstract class ChatPageWalk(string size, int walks)
{
    private volatile ConcurrentQueue<Gate> _held = [];

    [Fact]
    public async Task People_can_do_all_of_it()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var provider = await ScriptedProvider.StartAsync();
        provider.Otherwise = AnswerTo;
        await using var app = ChatApp.Start(database, provider);
        void Hear(string line)
        {
            if (line == "go on" && _held.TryDequeue(out var next)) next.Open();
        }

        var output = await NodeClients.WatchAsync(Hear, "chat.mjs", app.Address.ToString(), size, Repository.PathOf("artifacts/chat-page"));

        Assert.Equal(walks, output.Split('\n').Count(line => line.StartsWith("passed: ", StringComparison.Ordinal)));
    }

    /// <summary>The question's own words. Where it trails off, something before and after them, too, each piece when the walk asks for it.</summary>
    private Reply AnswerTo(RecordedRequest request)
    {
        var question = request.LastUserMessage;
        if (!question.EndsWith('…')) return Reply.Of(question);
        var reply = Reply.Of("Let me see.\n\n");
        var held = new ConcurrentQueue<Gate>();
        foreach (var piece in (string[])[question, "\n\nSo", " it", " goes", " on,", " piece", " by", " piece,", " to", " the end."])
        {
            var gate = new Gate();
            held.Enqueue(gate);
            reply.Wait(gate).Text(piece);
        }
        // What is left of an answer that was stopped is asked for no more.
        _held = held;
        return reply;
    }
}

/// <summary>The chat page, as it is served.</summary>
public sealed class ChatPageTests
{
    [Fact]
    public async Task It_bears_with_a_service_that_fails_or_is_slow()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var provider = await ScriptedProvider.StartAsync();
        // Held until the walk says so: a session ends in the middle of it.
        var rest = new Gate();
        provider.When(request => request.IsChat && request.LastUserMessage == "A long answer, please", Reply.Of("It begins here, ").Wait(rest).Text("goes on, ", "and ends."));
        await using var app = ChatApp.Start(database, provider, new Dictionary<string, string?> { ["Transport:SessionCheck"] = "00:00:01" });
        void Hear(string line)
        {
            if (line == "go on") rest.Open();
        }

        var output = await NodeClients.WatchAsync(Hear, "failures.mjs", app.Address.ToString(), Repository.PathOf("artifacts/chat-page"));
        Assert.Equal(16, output.Split('\n').Count(line => line.StartsWith("passed: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_tells_people_of_the_limits_that_they_meet()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var provider = await ScriptedProvider.StartAsync();
        // Held until the page was refused to watch it.
        var rest = new Gate();
        provider.When(request => request.IsChat && request.LastUserMessage == "What does the only stream carry?", Reply.Of("Not this, ").Wait(rest).Text("but the changes."));
        var settings = new Dictionary<string, string?>
        {
            ["Facade:Mode"] = "secure",
            ["Limits:Enabled"] = "true",
            ["Limits:StreamsPerUser"] = "1",
            ["Transport:MaxAnswerLength"] = "60000",
            ["Limits:RegistrationsPerAddress"] = "2",
            ["Security:MinimumPasswordLength"] = "10",
        };
        await using var app = ChatApp.Start(database, provider, settings);
        void Hear(string line)
        {
            if (line == "go on") rest.Open();
        }

        var output = await NodeClients.WatchAsync(Hear, "limits.mjs", app.Address.ToString(), Repository.PathOf("artifacts/chat-page"));
        Assert.Equal(4, output.Split('\n').Count(line => line.StartsWith("passed: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_chooses_the_model_that_answers()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var provider = await ScriptedProvider.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Completions:Models:0:Name"] = "quick",
            ["Completions:Models:1:Name"] = "thorough",
            ["Completions:Models:1:ModelId"] = "scripted-thorough",
            ["Completions:Models:1:Endpoint"] = provider.Endpoint.AbsoluteUri,
        };
        await using var app = ChatApp.Start(database, provider, settings);
        var output = await NodeClients.RunAsync("models.mjs", app.Address.ToString(), Repository.PathOf("artifacts/chat-page"));
        Assert.Equal(3, output.Split('\n').Count(line => line.StartsWith("passed: ", StringComparison.Ordinal)));
        Assert.Equal(["scripted-thorough", "scripted"], provider.Requests.Where(request => request.IsChat).Select(request => request.Model));
    }

    [Fact]
    public async Task A_newcomer_talks_to_the_service_as_it_comes()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var service = await ChatProcess.StartAsync(database);
        var output = await NodeClients.RunAsync("newcomer.mjs", service.Address.ToString(), Repository.PathOf("artifacts/chat-page"));
        Assert.Equal(3, output.Split('\n').Count(line => line.StartsWith("passed: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/app.js", "text/javascript")]
    [InlineData("/style.css", "text/css")]
    public async Task Its_files_come_under_a_policy_and_are_asked_for_again_cheaply(string path, string type)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, environment: "Production", settings: new Dictionary<string, string?> { ["AllowedHosts"] = "*" });
        using var client = app.As(null);

        using var first = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(type, first.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            first.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }
}
