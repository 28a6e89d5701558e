using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>What the transports ask about sessions.</summary>
/// <param name="Find">The live session of a token; null if the token is bad, expired or revoked.</param>
/// <param name="IsRemembered">Whether a token was good here a while ago, whatever it is now; asks no database.</param>
/// <param name="FindLive">Those of the sessions that are live, in one query.</param>
public sealed record SessionLookup(
    Func<string, CancellationToken, ValueTask<LiveSession?>> Find,
    Func<string, bool> IsRemembered,
    Func<IReadOnlyCollection<SessionKey>, CancellationToken, Task<IReadOnlySet<SessionKey>>> FindLive);
