using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>The caller of this operation, as resolvers see them. One per operation.</summary>
public sealed class CurrentUser
{
    private Caller? _caller;

    /// <summary>Null for an anonymous caller.</summary>
    public long? IdOrNull => _caller?.UserId;

    /// <exception cref="FieldError">UNAUTHENTICATED: the caller is anonymous.</exception>
    public long Id => IdOrNull ?? throw new FieldError(ErrorCode.Unauthenticated, "Sign in first.");

    /// <summary>Hash of the token that made the call; null for an anonymous caller.</summary>
    public string? SessionHash => _caller?.SessionHash;

    /// <summary>The caller's address, for limits.</summary>
    public string Address => _caller?.Address ?? "";

    /// <summary>Called once, by the runner, before anything is resolved.</summary>
    internal void Become(Caller caller) => _caller = caller;
}
