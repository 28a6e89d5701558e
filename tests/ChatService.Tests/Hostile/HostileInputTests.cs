using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GraphQL.Types;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ChatService.Tests;

public sealed class PostgresHostileInputTests(SecurePostgresApp app, ITestOutputHelper output) : HostileInputTests(app, output), IClassFixture<SecurePostgresApp>;

public sealed class SqliteHostileInputTests(SecureSqliteApp app, ITestOutputHelper output) : HostileInputTests(app, output), IClassFixture<SecureSqliteApp>;

/// <summary>Whatever is sent gets a proper answer soon, harms nothing and leaves nothing behind.</summary>
public abstract class HostileInputTests(IsolationApp app, ITestOutputHelper output)
{
    private static readonly TimeSpan _promised = TimeSpan.FromSeconds(1);

    /// <summary>All with CHAT_TEST_ALL=1, else a part; no table of values has a multiple of four, so they fall on other fields each time.</summary>
    private readonly int _step = TestRun.IsLong ? 1 : app.Database.Kind == DatabaseKind.Sqlite ? 4 : 8;

    [Fact]
    public async Task Thousands_of_requests_that_mean_no_good_are_answered_and_nothing_is_stored()
    {
        // Another one every day, so that all of them run.
        var part = DateTime.UtcNow.DayOfYear % _step;
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync();
        await ada.Client.DataAsync("mutation($id: ID!) { createMessage(input: { conversationId: $id, content: \"An honest message.\" }) { message { id } } }", new { id = conversation });
        await Eventually.GetAsync(
            () => ada.Client.DataAsync("{ searchStatus { pending } }"), status => status.GetProperty("searchStatus").GetProperty("pending").GetInt32() == 0);
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, AllowAutoRedirect = false, UseCookies = false });
        client.BaseAddress = app.App.Address;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ada.Token);
        var requests = HostileGraphQL.All(app.App.Services.GetRequiredService<ISchema>(), conversation)
            .Concat(HostileRest.All(Person.NumberOf(ada.Id), Person.NumberOf(conversation))).Where((_, i) => i % _step == part).ToList();
        var before = await StoredRows.CountAsync(app.Database);
        ConcurrentBag<string> faults = [];
        ConcurrentBag<(TimeSpan Time, HostileRequest Request)> times = [];

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (request, _) =>
        {
            var (fault, time) = await request.SendAsync(client);
            if (fault is not null) faults.Add(fault);
            times.Add((time, request));
        });

        var took = watch.Elapsed;
        var (slowest, what) = times.MaxBy(one => one.Time);
        var late = times.Where(one => one.Time >= _promised).Select(one => one.Request).ToList();
        output.WriteLine($"{requests.Count} requests (every {_step}th from {part}) in {took.TotalSeconds:0.0} s; the slowest took {slowest.TotalMilliseconds:0} ms: {what.What}; {late.Count} took a second or more in the crowd");
        var slow = await late.ToAsyncEnumerable().Where(async (request, _) => await IsSlowAsync(request, client)).Select(request => request.What).Take(3).ToListAsync();
        Assert.True(slow.Count == 0, $"By themselves and again and again, these took a second or more:\n{string.Join('\n', slow)}");
        Assert.True(faults.IsEmpty, $"{faults.Count} of {requests.Count}:\n{string.Join('\n', faults.Order().Take(40))}");
        Assert.True(requests.Count >= 500, $"Only {requests.Count}.");
        Assert.Equal(before, await StoredRows.CountAsync(app.Database));
        Assert.Equal(ada.Id, (await ada.Client.DataAsync("{ me { id } }")).GetProperty("me").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Hundreds_of_frames_that_mean_no_good_close_their_socket_or_are_answered_and_nothing_is_stored()
    {
        var part = DateTime.UtcNow.DayOfYear % _step;
        var ada = await app.RegisterAsync("ada");
        var frames = HostileFrames.All().Where((_, i) => i % _step == part).ToList();
        var before = await StoredRows.CountAsync(app.Database);
        ConcurrentBag<string> faults = [];
        ConcurrentBag<(string What, byte[] Frame)> late = [];
        await Parallel.ForEachAsync(frames, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (frame, _) =>
        {
            if (await TimeAsync(frame) >= _promised) late.Add(frame);
        });

        foreach (var frame in late.Take(3))
            await InTime.OnceAsync(_promised, () => TimeAsync(frame));
        Assert.True(faults.IsEmpty, $"{faults.Count} of {frames.Count}:\n{string.Join('\n', faults.Order().Take(40))}");
        Assert.True(frames.Count >= 80, $"Only {frames.Count}.");
        Assert.Equal(before, await StoredRows.CountAsync(app.Database));

        async Task<TimeSpan> TimeAsync((string What, byte[] Frame) frame)
        {
            var watch = Stopwatch.StartNew();
            if (await HostileFrames.SendAsync(app.App.Address, ada.Token, frame.Frame) is { } fault) faults.Add($"{frame.What}: {fault}");
            return watch.Elapsed;
        }
    }

    /// <summary>Other work shares the cores: what took longer in the crowd is sent by itself, and must keep the promise once.</summary>
    private static async Task<bool> IsSlowAsync(HostileRequest request, HttpClient client)
    {
        var (kept, _) = await InTime.IsKeptAsync(_promised, async () =>
        {
            var (fault, time) = await request.SendAsync(client);
            Assert.Null(fault);
            return time;
        });
        return !kept;
    }

    public static TheoryData<string, int?> Broken => new()
    {
        { "\0\0\0\0", 400 },
        { "nonsense\r\n\r\n", 400 },
        { "GET /\r\n\r\n", 400 },
        { "GET / HTTP/9.9\r\n\r\n", 505 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
        { "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: nothing\r\n\r\n", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400 },
        { "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nfffffffff\r\n{}\r\n0\r\n\r\n", 400 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nfffffffff\r\n{}\r\n0\r\n\r\n", 400 },
        { "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n", 413 },
        { "POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n", 413 },
        { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", null },
        { "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", null },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_is_no_HTTP_is_refused_and_the_connection_closed(string request, int? status)
    {
        var answer = await RawHttp.SendAsync(app.App.Address, request);
        if (status is not null) Assert.Equal(status, answer.Status);
        else Assert.True(answer.Status is null or 400, answer.Answer);
    }

    [Fact]
    public async Task A_text_that_looks_like_frames_stays_text()
    {
        const string frames = "one\n\ndata: [DONE]\n\nevent: complete\ndata:\n\n\r\n: ping\r\n\r\nid: 1\u2028two";
        var ada = await app.RegisterAsync("ada");
        var conversation = await ada.CreateConversationAsync();
        app.Provider.When(request => request.LastUserMessage == frames, Reply.Of("\n\n", frames, "\ndata: [DONE]\n\n"));
        using var rest = await app.App.As(ada.Token).PostForEventsAsync(
            $"/conversations/{Person.NumberOf(conversation)}/messages:complete",
            new StringContent(JsonSerializer.Serialize(new { stream = true, content = frames }), Encoding.UTF8, "application/json"));
        var events = await EventStreamReader.ReadAsync(rest).Select(item => item.Data).ToListAsync();
        Assert.Equal(1, events.Count(data => data == "[DONE]"));
        Assert.Equal($"\n\n{frames}\ndata: [DONE]\n\n", string.Concat(events.SkipLast(1).Select(data =>
            JsonElement.Parse(data).GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString())));

        using var person = new Person(app.App.Address, ada.Token);
        var completion = (await person.StartAsync(conversation, null)).GetProperty("completion").GetProperty("id").GetString()!;
        var watched = await person.WatchAsync(completion);
        Assert.Equal(($"\n\n{frames}\ndata: [DONE]\n\n", "COMPLETED"), (watched.Text, watched.Status));
    }
}

/// <summary>Who sends slowly is not waited for.</summary>
public sealed class SlowSenderTests
{
    [Theory]
    [InlineData("POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", 408)]
    [InlineData("POST /users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", 408)]
    [InlineData("POST /users HTTP/1.1\r\nHost: a\r\nX-Long: ", 408)]
    public async Task A_byte_now_and_then_is_answered_and_the_connection_closed(string start, int status)
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        // The server's own limits, only shorter.
        await using var app = ChatApp.Start(database, services: services => services.PostConfigure<KestrelServerOptions>(server =>
        {
            Assert.Equal(TimeSpan.FromSeconds(15), server.Limits.RequestHeadersTimeout);
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            server.Limits.MinRequestBodyDataRate = new MinDataRate(server.Limits.MinRequestBodyDataRate!.BytesPerSecond, TimeSpan.FromSeconds(1.5));
        }));
        var answer = await RawHttp.DripAsync(app.Address, start, TimeSpan.FromSeconds(0.05));
        Assert.True(answer.Status == status, answer.Answer);
    }

    [Fact]
    public async Task Whoever_sends_all_but_the_end_has_not_earned_an_hour_by_it()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?> { ["Transport:ReceiveTimeout"] = "00:00:00.5" });
        foreach (var path in new[] { "/graphql", "/users" })
        {
            var start = $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500001\r\n\r\n";
            var answer = await RawHttp.SendAsync(app.Address, start + new string(' ', 500_000));
            Assert.True(answer.Status == 408, answer.Answer);
            Assert.Contains("REQUEST_TIMEOUT", answer.Answer, StringComparison.Ordinal);
        }
    }
}
