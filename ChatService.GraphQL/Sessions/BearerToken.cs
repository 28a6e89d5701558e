using System.Diagnostics.CodeAnalysis;

namespace ChatService.GraphQL;

/// <summary>
/// Reads <c>Authorization: Bearer</c>, the only way to say who one is besides connection_init's payload, which is read by the
/// same rule. A token that is not good is never taken for none: the caller would be answered as somebody else.
/// </summary>
public sealed class BearerToken(SessionLookup sessions)
{
    private const string Scheme = "Bearer ";
    private const int MaxLength = 512;

    /// <summary>What is answered to a bad token, whatever is wrong with it.</summary>
    public static Refused Refusal { get; } = Refused.Request(401, Codes.Unauthenticated, "The session is unknown or has ended. Sign in again.");

    /// <summary>Whether somebody says who they are, rightly or not. Tools send the scheme alone before a token has been filled in.</summary>
    public static bool IsSent(HttpContext http) =>
        http.Request.Headers.Authorization is { Count: > 0 } header && !(header is [{ } only] && only.Trim().Equals(Scheme.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the token that is sent has never been good here: to look it up may be to help a guess.</summary>
    public bool IsStrange(HttpContext http) =>
        IsSent(http) && !(http.Request.Headers.Authorization is [var only] && TryRead(only, out var token) && sessions.IsRemembered(token));

    /// <summary>As <see cref="ReadAsync(HttpContext, CancellationToken)"/>, whose next call for this request gets the same result, or the same fault.</summary>
    public async ValueTask<Caller?> ReadAheadAsync(HttpContext http)
    {
        var reading = ReadAsync(http, http.RequestAborted).AsTask();
        http.Features.Set(reading);
        return await reading;
    }

    /// <returns>The caller, anonymous without a header; null if the header is not good.</returns>
    public ValueTask<Caller?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Features.Get<Task<Caller?>>() is { } ahead)
        {
            // Once: who asks again and later wants to know how it is then.
            http.Features.Set<Task<Caller?>>(null);
            return new(ahead);
        }

        var header = http.Request.Headers.Authorization;
        return header.Count switch
        {
            0 => new(Caller.Anonymous(http)),
            1 => ReadAsync(header[0], http, ct),
            _ => new((Caller?)null),
        };
    }

    /// <param name="authorization">"Bearer" and a token.</param>
    /// <param name="http">Where the caller's address comes from.</param>
    /// <param name="ct">Ends the look-up.</param>
    public async ValueTask<Caller?> ReadAsync(string? authorization, HttpContext http, CancellationToken ct)
        => TryRead(authorization, out var token) && await sessions.Find(token, ct) is { } session ? Caller.SignedIn(session, http) : null;

    private static bool TryRead(string? authorization, [NotNullWhen(true)] out string? token)
    {
        token = authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : null;
        // The alphabet of RFC 6750; whatever else cannot be a token of ours and need not be looked up.
        return token is { Length: > 0 and <= MaxLength } && token.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c));
    }
}
