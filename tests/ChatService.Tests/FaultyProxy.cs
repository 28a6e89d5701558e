using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ChatService.Tests;

/// <summary>Stands between the service and PostgreSQL, and fails as the test says.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly DnsEndPoint _server;
    // Bound but never listening: keeps the port ours while nobody listens on it.
    private readonly Socket _reservation;
    private readonly IPEndPoint _endpoint;
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private volatile TaskCompletionSource _flow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _lostCommit;
    private bool _stallsOnceLost;
    private Gate? _heldCommit;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    private FaultyProxy(NpgsqlConnectionStringBuilder server)
    {
        _server = new DnsEndPoint(server.Host!, server.Port);
        _reservation = Bound(new IPEndPoint(IPAddress.Loopback, 0));
        _endpoint = (IPEndPoint)_reservation.LocalEndPoint!;
        _flow.SetResult();
        // In clear text, since the proxy reads along.
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ToString())
        {
            Host = _endpoint.Address.ToString(),
            Port = _endpoint.Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ToString();
    }

    /// <summary>Leads to the same database through the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>How far away the server is: what everything takes on its way, in either direction.</summary>
    public TimeSpan Delay { get; set; }

    public static FaultyProxy Start(TestDatabase database)
    {
        var proxy = new FaultyProxy(new NpgsqlConnectionStringBuilder(database.ConnectionString));
        proxy.Accept();
        return proxy;
    }

    /// <summary>Breaks every connection; new ones are served.</summary>
    public void Cut()
    {
        foreach (var connection in _connections.Keys)
            connection.Dispose();
    }

    /// <summary>Breaks every connection and refuses new ones, until <see cref="Accept"/>.</summary>
    public async Task RefuseAsync()
    {
        _listener?.Dispose();
        _listener = null;
        await _accepting;
        Cut();
    }

    public void Accept()
    {
        _listener = Bound(_endpoint);
        _listener.Listen();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Passes nothing on any more, in either direction, until <see cref="Resume"/>; connecting still works.</summary>
    public void Stall() => _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _flow.TrySetResult();

    /// <summary>
    /// Lets the next COMMIT through and, when the server has answered it, breaks the connection instead of passing
    /// the answer on. The task completes when that has happened.
    /// </summary>
    /// <param name="andStall">Whether nothing is passed on after that, so that nobody can ask either.</param>
    public Task LoseReplyOfNextCommitAsync(bool andStall = false)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stallsOnceLost = andStall;
        _lostCommit = lost;
        return lost.Task;
    }

    /// <summary>Keeps the next COMMIT from the server until the gate is opened.</summary>
    public void HoldNextCommit(Gate gate) => Volatile.Write(ref _heldCommit, gate);

    public async ValueTask DisposeAsync()
    {
        await RefuseAsync();
        Resume();
        await Task.WhenAll(_connections.Values);
        _reservation.Dispose();
    }

    internal async Task FlowAsync()
    {
        await _flow.Task;
        if (Delay > TimeSpan.Zero) await Task.Delay(Delay);
    }

    /// <summary>Whether this COMMIT is the one whose reply is to be lost; says so once.</summary>
    internal TaskCompletionSource? TakeCommit() => Interlocked.Exchange(ref _lostCommit, null);

    /// <summary>Returns when a COMMIT may go on to the server.</summary>
    internal Task LetCommitAsync() => Interlocked.Exchange(ref _heldCommit, null)?.PassAsync(CancellationToken.None) ?? Task.CompletedTask;

    /// <summary>The reply is lost; the connection breaks next.</summary>
    internal void Lose(TaskCompletionSource commit)
    {
        if (_stallsOnceLost) Stall();
        commit.SetResult();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync();
                var connection = new ProxiedConnection(this, client);
                _connections[connection] = RunAsync(connection);
            }
        }
        catch (SocketException)
        {
            // The listener was closed.
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        await connection.RunAsync(_server);
        _connections.TryRemove(connection, out _);
    }

    private static Socket Bound(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endpoint);
        return socket;
    }
}
