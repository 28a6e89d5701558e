using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>What the transports ask about sessions.</summary>
/// <param name="Find">The live session of a token; null if the token is bad, expired or revoked.</param>
/// <param name="FindLive">Those of the token hashes whose sessions are live, in one query.</param>
public sealed record SessionLookup(
    Func<string, CancellationToken, ValueTask<LiveSession?>> Find,
    Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlySet<string>>> FindLive);
