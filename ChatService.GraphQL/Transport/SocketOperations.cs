using System.Diagnostics.CodeAnalysis;

namespace ChatService.GraphQL;

/// <summary>One operation of a socket, from subscribe to its last frame.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without a timer the source has nothing to give back, and the client may cancel as it ends.")]
internal sealed class SocketOperation(string id, OperationRequest request)
{
    private readonly CancellationTokenSource _stop = new();
    private OperationRequest? _request = request;

    public string Id => id;

    public CancellationToken Stopped => _stop.Token;

    public Task Run { get; set; } = Task.CompletedTask;

    public void Stop() => _stop.Cancel();

    /// <summary>What to run, once: a stream that goes on for days holds it no longer than it needs it.</summary>
    public OperationRequest TakeRequest() => Interlocked.Exchange(ref _request, null) ?? throw new InvalidOperationException("It runs already.");
}

/// <summary>The operations of a socket by id. An id is free again once its operation is taken out, before its last frame is sent.</summary>
internal sealed class SocketOperations(int max)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SocketOperation> _byId = [];

    // Those taken out whose source is still being put away: they count, or a client could open and leave faster than they end.
    private readonly HashSet<SocketOperation> _running = [];

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _byId.Count == 0;
        }
    }

    public bool Contains(string id)
    {
        lock (_lock)
            return _byId.ContainsKey(id);
    }

    public bool Contains(SocketOperation operation)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(operation.Id) == operation;
    }

    public bool TryAdd(string id, OperationRequest request, [NotNullWhen(true)] out SocketOperation? operation)
    {
        lock (_lock)
        {
            operation = _running.Count < max ? new SocketOperation(id, request) : null;
            if (operation is null)
                return false;
            _byId.Add(id, operation);
            return _running.Add(operation);
        }
    }

    /// <returns>Whether the id was still this operation's: false if the client has completed it.</returns>
    public bool Release(SocketOperation operation)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(operation.Id) == operation && _byId.Remove(operation.Id);
    }

    /// <summary>The client has had enough of it.</summary>
    public void Stop(string id)
    {
        SocketOperation? operation;
        lock (_lock)
            _byId.Remove(id, out operation);
        operation?.Stop();
    }

    public void Ended(SocketOperation operation)
    {
        lock (_lock)
            _running.Remove(operation);
    }

    public void StopAll()
    {
        SocketOperation[] running;
        lock (_lock)
        {
            running = [.. _running];
            _byId.Clear();
        }
        foreach (var operation in running)
            operation.Stop();
    }

    /// <summary>Until every source is put away.</summary>
    public Task WhenEndedAsync()
    {
        lock (_lock)
            return Task.WhenAll(_running.Select(o => o.Run));
    }
}
