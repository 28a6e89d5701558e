namespace ChatService.GraphQL;

/// <summary>What those who serve a request know of it for its line in the log. It goes with the <see cref="Caller"/>.</summary>
public sealed class RequestLine
{
    private int _operations;

    /// <summary>As whom it ran; null for nobody, and for who was not let in.</summary>
    public long? UserId { get; private set; }

    /// <summary>The operation that ran last: of a REST request, the one that made its answer.</summary>
    public CompiledOperation? Operation { get; private set; }

    /// <summary>The code of the first error of that operation.</summary>
    public string? Error { get; private set; }

    /// <summary>How many ran, on a socket.</summary>
    public int Operations => _operations;

    /// <summary>Of a socket's close frame; null for what is none.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Bytes of a socket's messages.</summary>
    public long Received { get; private set; }

    /// <inheritdoc cref="Received"/>
    public long Sent { get; private set; }

    internal void Knows(long user) => UserId = user;

    internal void Began(Caller caller, CompiledOperation operation)
    {
        Interlocked.Increment(ref _operations);
        (UserId, Operation, Error) = (caller.UserId ?? UserId, operation, null);
    }

    internal void Ended(string? error) => Error = error;

    internal void Closed(int code, long received, long sent) => (CloseCode, Received, Sent) = (code, received, sent);
}
