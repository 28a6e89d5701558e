using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Mutation
{
    /// <summary>Begins a session. Must be the only field of its operation.</summary>
    /// <param name="input">The name and its password.</param>
    /// <returns>Errors: INVALID_CREDENTIALS, for a wrong password as for an unknown name.</returns>
    public static async Task<SignInPayload?> SignInAsync(
        SignInInput input, [FromServices] SessionService sessions, [FromServices] SignInLimits limits, [FromServices] SignInLog log, [FromServices] CurrentUser me,
        CancellationToken ct) =>
        new(log.Note(await limits.TryNameAsync(input.Username, me.Address, () => sessions.SignInAsync(input.Username, input.Password, ct)), me.Address));

    /// <summary>Ends the session whose token made the call; its open streams end within 5 seconds.</summary>
    public static async Task<SignOutPayload?> SignOutAsync([FromServices] SessionService sessions, [FromServices] CurrentUser me, CancellationToken ct)
    {
        if (me.SessionHash is { } session) await sessions.EndAsync(me.Id, session, ct);
        else _ = me.Id;
        return new SignOutPayload();
    }
}

/// <summary>A name and its password.</summary>
public sealed class SignInInput
{
    /// <summary>As at registration, in any case.</summary>
    public required string Username { get; init; }

    /// <summary>Exactly as at registration.</summary>
    public required string Password { get; init; }
}

/// <summary>What became of a sign-in.</summary>
public sealed class SignInPayload(Result<NewSession> done) : Payload(done.Error)
{
    /// <summary>The new session.</summary>
    public SessionType? Session { get; } = done.Failed ? null : new SessionType(done.Value);
}

/// <summary>What became of a sign-out.</summary>
public sealed class SignOutPayload() : Payload(null);

/// <summary>A session. It also ends after 24 hours without use, and when the user's password changes.</summary>
public sealed class SessionType(NewSession begun)
{
    /// <summary>Opaque; sent as Authorization: Bearer, or in connection_init's payload as {"Authorization": "Bearer ..."}. It is shown only here.</summary>
    public string Token => begun.Token;

    /// <summary>The absolute end, whatever the use.</summary>
    public DateTime ExpiresAt => begun.ExpiresAt;

    /// <summary>Who is signed in.</summary>
    public UserType User => new(begun.User.Id, begun.User);
}
