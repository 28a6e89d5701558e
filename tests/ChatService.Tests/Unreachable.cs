using System.Net;
using System.Net.Sockets;

namespace ChatService.Tests;

/// <summary>Addresses where no provider answers.</summary>
public static class Unreachable
{
    /// <summary>A name that is promised never to exist (RFC 6761).</summary>
    public static Uri UnknownHost { get; } = new("http://provider.invalid/v1");

    /// <summary>A port that refuses: nobody listens, and nobody else gets it while the result is not disposed.</summary>
    public static Port Refusing()
    {
        var socket = Bound();
        return new Port(socket, []);
    }

    /// <summary>A port where connecting hangs: its queue of unaccepted connections is full.</summary>
    public static async Task<Port> HangingAsync()
    {
        var listener = Bound();
        listener.Listen(0);
        var waiting = new List<Socket>();
        // The kernel takes a few more connections than the queue is long.
        while (waiting.Count < 16)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            waiting.Add(client);
            if (await IsLeftWaitingAsync(client, TimeSpan.FromSeconds(0.2)))
            {
                // Or was it just slow? Who comes to a full queue is told nothing, however long they wait.
                var second = new Socket(SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(second);
                if (await IsLeftWaitingAsync(second, TimeSpan.FromSeconds(1))) return new Port(listener, waiting);
            }
        }
        throw new InvalidOperationException("This kernel's queue of connections does not fill.");

        async Task<bool> IsLeftWaitingAsync(Socket client, TimeSpan patience)
        {
            using var limit = new CancellationTokenSource(patience);
            try
            {
                await client.ConnectAsync(listener.LocalEndPoint!, limit.Token);
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }
    }

    /// <summary>A port that accepts nothing but a connection: what listens there never answers.</summary>
    public static Port Silent()
    {
        var listener = Bound();
        listener.Listen();
        return new Port(listener, []);
    }

    /// <summary>The provider's own port, asked to speak TLS, which it cannot.</summary>
    public static Uri WithoutTls(ScriptedProvider provider) => new UriBuilder(provider.Endpoint) { Scheme = "https" }.Uri;

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    public sealed class Port(Socket listener, IReadOnlyList<Socket> waiting) : IDisposable
    {
        public Uri Endpoint { get; } = new($"http://{listener.LocalEndPoint}/v1");

        public void Dispose()
        {
            listener.Dispose();
            foreach (var client in waiting)
                client.Dispose();
        }
    }
}
