namespace ChatService.GraphQL;

/// <summary>Who speaks on a socket: whom the handshake's header names, or the first message.</summary>
internal sealed class SocketCaller(HttpContext http, Caller caller, BearerToken tokens, Faults faults, SocketClosing closing)
{
    private string? _authorization = http.Request.Headers.Authorization;

    public Caller Current { get; private set; } = caller;

    /// <returns>Whether the session is good; if not, the socket closes.</returns>
    public async Task<bool> SignInAsync(string authorization)
    {
        _authorization = authorization;
        if (await RecheckAsync() is not { } known)
            return false;
        Current = known;
        return true;
    }

    /// <summary>Who it is now: with every operation, since a session ends meanwhile.</summary>
    /// <returns>Null if the session is not good, and the socket closes.</returns>
    public async Task<Caller?> RecheckAsync()
    {
        if (_authorization is null)
            return Current;
        try
        {
            var known = await tokens.ReadAsync(_authorization, http, http.RequestAborted);
            if (known is null)
                closing.Close(4403, "Forbidden");
            return known;
        }
        catch (Exception exception)
        {
            closing.Close(SocketClosing.TryAgainLater, faults.Refuse(exception).Errors[0].Message);
            return null;
        }
    }
}
