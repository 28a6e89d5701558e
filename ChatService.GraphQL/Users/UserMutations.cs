using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Mutation
{
    /// <summary>Registers a person and signs them in. Must be the only field of its operation.</summary>
    /// <param name="input">The new account.</param>
    /// <returns>Errors: BAD_USER_INPUT, USERNAME_TAKEN.</returns>
    public static async Task<CreateUserPayload?> CreateUserAsync(
        CreateUserInput input, [FromServices] UserService users, [FromServices] SignInLimits limits, [FromServices] SignInLog log, [FromServices] CurrentUser me,
        CancellationToken ct)
    {
        // What is no registration yet is not counted as one.
        if ((users.Check(input.Username, input.Password) ?? limits.RefuseRegistration(me.Address)) is { } refused) return new(refused);
        return new(log.Note(await users.CreateAsync(input.Username, input.Password, ct), me.Address));
    }

    /// <summary>Changes the caller's password and ends all of their other sessions. Must be the only field of its operation.</summary>
    /// <param name="input">The passwords, old and new.</param>
    public static async Task<ChangePasswordPayload?> ChangePasswordAsync(
        ChangePasswordInput input, [FromServices] UserService users, [FromServices] SignInLimits limits, [FromServices] SignInLog log, [FromServices] CurrentUser me,
        CancellationToken ct)
    {
        var owner = me.Id;
        var done = await limits.TryUserAsync(owner, me.Address, () => users.ChangePasswordAsync(owner, me.SessionHash, input.CurrentPassword, input.NewPassword, ct));
        return new(log.Note(done, owner, me.Address));
    }

    /// <summary>Erases the caller and everything that is theirs, at once and for good. Must be the only field of its operation.</summary>
    /// <param name="input">The password, once more.</param>
    public static async Task<DeleteUserPayload?> DeleteUserAsync(
        DeleteUserInput input, [FromServices] UserService users, [FromServices] SignInLimits limits, [FromServices] SignInLog log, [FromServices] CurrentUser me,
        CancellationToken ct)
    {
        var owner = me.Id;
        return new(log.Note(await limits.TryUserAsync(owner, me.Address, () => users.DeleteAsync(owner, input.Password, ct)), owner, me.Address));
    }
}

/// <summary>A new account.</summary>
public sealed class CreateUserInput
{
    /// <summary>1 to 64 Latin letters, digits and ._@+-, beginning with a letter or digit; unique without regard to case.</summary>
    public required string Username { get; init; }

    /// <summary>8 to 128 characters of any kind, taken exactly as sent; not the username.</summary>
    public required string Password { get; init; }
}

/// <summary>What became of a registration.</summary>
public sealed class CreateUserPayload(Result<NewSession> done) : Payload(done.Error)
{
    /// <summary>The new user.</summary>
    public UserType? User { get; } = done.Failed ? null : new UserType(done.Value.User.Id, done.Value.User);

    /// <summary>The new user's first session.</summary>
    public SessionType? Session { get; } = done.Failed ? null : new SessionType(done.Value);
}

/// <summary>A change of password.</summary>
public sealed class ChangePasswordInput
{
    /// <summary>The password as it is now.</summary>
    public required string CurrentPassword { get; init; }

    /// <summary>8 to 128 characters of any kind, taken exactly as sent; not the username.</summary>
    public required string NewPassword { get; init; }
}

/// <summary>What became of a change of password.</summary>
public sealed class ChangePasswordPayload(Result<User> done) : Payload(done.Error)
{
    /// <summary>The user.</summary>
    public UserType? User { get; } = done.Failed ? null : new UserType(done.Value.Id, done.Value);
}

/// <summary>The end of an account.</summary>
public sealed class DeleteUserInput
{
    /// <summary>The caller's password, once more.</summary>
    public required string Password { get; init; }
}

/// <summary>What became of the end of an account.</summary>
public sealed class DeleteUserPayload(Result<long> done) : Payload(done.Error)
{
    /// <summary>The id that is no more.</summary>
    [Id]
    public string? DeletedUserId { get; } = done.Failed ? null : NodeId.Write(NodeKind.User, done.Value);
}
