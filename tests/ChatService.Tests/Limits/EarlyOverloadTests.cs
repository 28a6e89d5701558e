using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatService.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Tests;

/// <summary>What is too much is refused before its body is read, in the form of the face that was asked.</summary>
public sealed class EarlyOverloadTests : IAsyncLifetime
{
    private static readonly Caller _elsewhere = new(null, null, "elsewhere");
    private const int Long = 1_000_000;

    private TestDatabase _database = null!;
    private ChatApp _app = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        var settings = new Dictionary<string, string?>
        {
            ["Limits:KnownProxies:0"] = "127.0.0.0/8",
            ["Limits:OperationsAtOnce"] = "1",
            ["Limits:OperationsWaiting"] = "1",
            ["Limits:OperationPatience"] = "00:01:00",
            ["Limits:BodyBytesPerAddress"] = $"{Long}",
            ["Limits:BodyBytes"] = $"{2 * Long}",
        };
        _app = ChatApp.Start(_database, settings: settings);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Where_all_places_are_taken_nothing_is_read()
    {
        var gate = _app.Services.GetRequiredService<OperationGate>();
        using var leaving = new CancellationTokenSource();
        using var working = await gate.EnterAsync(_elsewhere, CancellationToken.None);
        var waiting = gate.EnterAsync(_elsewhere, leaving.Token).AsTask();
        Assert.True(gate.IsFull);
        foreach (var path in new[] { "/graphql", "/conversations" })
        {
            using var asked = await BeginAsync(path, "198.51.100.1");
            IsOverloaded(path, await AnswerAsync(asked));
        }

        using var http = _app.As(null);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);
        await Eventually.HoldsAsync(async () => (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("/graphql", false)]
    [InlineData("/graphql", true)]
    [InlineData("/users", false)]
    [InlineData("/users", true)]
    public async Task Long_bodies_of_an_address_and_of_all_hold_so_much_together(string path, bool chunked)
    {
        using var first = await BeginAsync(path, "198.51.100.1", chunked);
        // It is read, and so it is counted.
        var goOn = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
        await first.GetStream().ReadExactlyAsync(goOn);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(goOn), StringComparison.Ordinal);
        if (chunked)
        {
            // That counts by what has come of it.
            var most = Long - 10_000;
            await first.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{Long:x}\r\n{new string(' ', most)}"));
            var limits = _app.Services.GetRequiredService<BodyLimits>();
            await Eventually.HoldsAsync(() => Task.FromResult(limits.Held == most));
        }

        using (var more = await BeginAsync(path, "198.51.100.1", chunked, length: 20_000, ends: true))
            IsOverloaded(path, await AnswerAsync(more));
        using (var small = await BeginAsync(path, "198.51.100.1", chunked, length: 2, ends: true))
            Assert.StartsWith("HTTP/1.1 400", await AnswerAsync(small), StringComparison.Ordinal);
        using (var other = await BeginAsync(path, "198.51.100.2", length: 20_000, ends: true))
            Assert.StartsWith("HTTP/1.1 400", await AnswerAsync(other), StringComparison.Ordinal);

        first.Close();
        await Eventually.HoldsAsync(async () =>
        {
            using var later = await BeginAsync(path, "198.51.100.1", length: Long - 1, ends: true);
            return (await AnswerAsync(later)).StartsWith("HTTP/1.1 400", StringComparison.Ordinal);
        });
    }

    private static void IsOverloaded(string path, string answer)
    {
        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 1\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("OVERLOADED", answer, StringComparison.Ordinal);
        Assert.Contains(path == "/graphql" ? "\"extensions\"" : "problem+json", answer, StringComparison.Ordinal);
    }

    /// <summary>Sends the headers of a body, and none or all of it: blanks, which are no JSON value.</summary>
    private async Task<TcpClient> BeginAsync(string path, string address, bool chunked = false, int length = Long, bool ends = false)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(_app.Address.Host, _app.Address.Port);
        var size = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {length}";
        var body = !ends ? "" : chunked ? $"{length:x}\r\n{new string(' ', length)}\r\n0\r\n\r\n" : new string(' ', length);
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nX-Forwarded-For: {address}\r\n{size}\r\n{(ends ? "" : "Expect: 100-continue\r\n")}\r\n";
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body));
        }
        catch (IOException)
        {
            // Refused before it was all sent; what was said is still to be read.
        }

        return client;
    }

    private static async Task<string> AnswerAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var answer = new MemoryStream();
        try
        {
            // Not to the end: the server closes only when it has waited for the rest of what it did not read.
            var buffer = new byte[4096];
            while (!IsWhole(answer) && await client.GetStream().ReadAsync(buffer, limit.Token) is var count and > 0) answer.Write(buffer, 0, count);
        }
        catch (IOException)
        {
            // A server that refuses early may reset the connection; what it said before counts.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static bool IsWhole(MemoryStream answer) =>
        Encoding.UTF8.GetString(answer.ToArray()) is var text && (text.EndsWith('}') || text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal));
}
