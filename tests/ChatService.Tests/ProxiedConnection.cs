using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ChatService.Tests;

/// <summary>One connection through a <see cref="FaultyProxy"/>.</summary>
internal sealed class ProxiedConnection(FaultyProxy proxy, Socket client) : IDisposable
{
    private static ReadOnlySpan<byte> ReadyForQuery => "Z\0\0\0\x05"u8;

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly PostgresRequests _requests = new();
    private volatile TaskCompletionSource? _losing;

    public async Task RunAsync(EndPoint server)
    {
        // Not on the accepting loop, whatever completes at once.
        await Task.Yield();
        try
        {
            await _server.ConnectAsync(server);
            await Task.WhenAny(PassRequestsAsync(), PassAnswersAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The server is away, or the connection was cut while it was made.
        }
        Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    private async Task PassRequestsAsync()
    {
        await foreach (var bytes in ReceiveAsync(client))
        {
            if (_requests.HasCommit(bytes.Span))
            {
                _losing ??= proxy.TakeCommit();
                await proxy.LetCommitAsync();
            }

            await _server.SendAsync(bytes);
        }
    }

    private async Task PassAnswersAsync()
    {
        var lost = new List<byte>();
        await foreach (var bytes in ReceiveAsync(_server))
            if (_losing is { } losing)
            {
                lost.AddRange(bytes.Span);
                if (CollectionsMarshal.AsSpan(lost).IndexOf(ReadyForQuery) < 0)
                    continue;
                proxy.Lose(losing);
                Dispose();
                return;
            }
            else
                await client.SendAsync(bytes);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAsync(Socket from)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer) is var count and > 0)
        {
            await proxy.FlowAsync();
            yield return buffer.AsMemory(0, count);
        }
    }
}
