using System.Net.Sockets;
using System.Text;

namespace ChatService.Tests;

/// <summary>HTTP as bytes, for what no client library would send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends bytes and reads until the server closes.</summary>
    /// <returns>The status of the answer; null if the server has closed without one.</returns>
    public static async Task<(int? Status, string Answer)> SendAsync(Uri address, byte[] bytes)
    {
        using var limit = new CancellationTokenSource(_patience);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = client.GetStream();
        return await ReadAsync(stream, () => stream.WriteAsync(bytes, limit.Token).AsTask(), limit.Token);
    }

    public static Task<(int? Status, string Answer)> SendAsync(Uri address, string text) => SendAsync(address, Encoding.Latin1.GetBytes(text));

    /// <summary>Sends the first bytes at once and then, without end, one more whenever the pause is over, until the server has had enough.</summary>
    public static async Task<(int? Status, string Answer)> DripAsync(Uri address, string start, TimeSpan pause)
    {
        using var limit = new CancellationTokenSource(_patience);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = client.GetStream();
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var dripping = Task.CompletedTask;
        var answer = await ReadAsync(
            stream,
            async () =>
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(start), limit.Token);
                dripping = DripAsync(stream, pause, answered.Token);
            },
            limit.Token);
        await answered.CancelAsync();
        await dripping;
        return answer;
    }

    private static async Task DripAsync(NetworkStream stream, TimeSpan pause, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(pause);
        try
        {
            while (await timer.WaitForNextTickAsync(ct)) await stream.WriteAsync("x"u8.ToArray(), ct);
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            // The server has closed, or has answered.
        }
    }

    private static async Task<(int? Status, string Answer)> ReadAsync(NetworkStream stream, Func<Task> send, CancellationToken ct)
    {
        using var answer = new MemoryStream();
        try
        {
            await send();
            await stream.CopyToAsync(answer, ct);
        }
        catch (IOException)
        {
            // A server that refuses early may reset the connection; what it said before counts.
        }

        var text = Encoding.UTF8.GetString(answer.ToArray());
        return (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : null, text);
    }
}
