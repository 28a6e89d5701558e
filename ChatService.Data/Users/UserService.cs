using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>Accounts: made, changed and erased.</summary>
public sealed class UserService(
    ChatDatabase database, IdBlocks ids, PasswordHasher hasher, SessionService sessions, CompletionEngine engine, Eraser eraser, Clock clock, IOptions<SecurityOptions> options)
{
    private static readonly ChatError _taken = new(ErrorCode.UsernameTaken, "The username is taken.", ["username"]);

    /// <returns>What keeps anybody from registering like this; null if nothing does but perhaps somebody of that name. Errors: BAD_USER_INPUT.</returns>
    public ChatError? Check(string username, string password) => Input.NormalizeUsername(username) is { } name
        ? CheckPassword(password, name, "password")
        : ChatError.BadInput("username", "A username is 1 to 64 Latin letters, digits and ._@+-, beginning with a letter or digit.");

    /// <summary>Registers a person and signs them in.</summary>
    /// <returns>The first session. Errors: BAD_USER_INPUT, USERNAME_TAKEN (without regard to case), OVERLOADED.</returns>
    public async Task<Result<NewSession>> CreateAsync(string username, string password, CancellationToken ct)
    {
        if (Check(username, password) is { } refused) return refused;
        var name = Input.NormalizeUsername(username)!;
        if (await database.ReadAsync((db, token) => db.Users.AnyAsync(u => u.UsernameKey == User.KeyOf(name), token), ct)) return _taken;
        var hash = await hasher.HashAsync(password, ct);
        if (hash.Failed) return hash.Error;
        var now = clock.Now;
        var user = new User
        {
            Id = await ids.NextAsync(IdKind.User, ct),
            Username = name,
            UsernameKey = User.KeyOf(name),
            PasswordHash = hash.Value,
            CreatedAt = now,
        };
        var begun = sessions.NewSessionFor(user, now);
        return await database.WriteAsync<Result<NewSession>>(
            async (db, token) =>
            {
                db.Users.Add(user);
                db.Sessions.Add(SessionService.RowOf(begun, now));
                try
                {
                    await db.SaveChangesAsync(token);
                }
                catch (DbUpdateException fault) when (db.IsUniqueViolation(fault))
                {
                    // Our own row, if the answer to an earlier attempt's commit was lost; else somebody was quicker.
                    if (!await db.Users.AnyAsync(u => u.Id == user.Id && u.UsernameKey == user.UsernameKey, token)) return _taken;
                }

                return begun;
            },
            // Whether the account is made must not depend on who is still listening.
            CancellationToken.None);
    }

    public Task<User?> FindAsync(long owner, CancellationToken ct) =>
        database.ReadAsync((db, token) => db.Users.SingleOrDefaultAsync(u => u.Id == owner, token), ct);

    /// <summary>Changes the password and ends every session but the one that asked for it.</summary>
    /// <returns>The user. Errors: INVALID_CREDENTIALS, BAD_USER_INPUT, OVERLOADED.</returns>
    public async Task<Result<User>> ChangePasswordAsync(long owner, string? tokenHash, string current, string chosen, CancellationToken ct)
    {
        var verified = await VerifyAsync(owner, current, "currentPassword", ct);
        if (verified.Failed) return verified.Error;
        var user = verified.Value;
        if (CheckPassword(chosen, user.Username, "newPassword") is { } refused) return refused;
        var hash = await hasher.HashAsync(chosen, ct);
        if (hash.Failed) return hash.Error;
        IReadOnlyList<string> ended = [];
        var changed = await database.ChangeAsync<User>(
            owner,
            async (unit, token) =>
            {
                if (unit.Owner.PasswordHash != user.PasswordHash) return WrongPassword("currentPassword");
                unit.Owner.PasswordHash = hash.Value;
                ended = await SessionService.EndOthersAsync(unit, tokenHash, token);
                return unit.Owner;
            },
            ct);
        sessions.Forget(ended);
        return changed;
    }

    /// <summary>
    /// Erases the user and every row of theirs, and ends what is being made for them. Once it is acknowledged the user is gone for everybody,
    /// and their name is free; very many rows take longer to go.
    /// </summary>
    /// <returns>The id that is no more. Errors: INVALID_CREDENTIALS, OVERLOADED.</returns>
    public async Task<Result<long>> DeleteAsync(long owner, string password, CancellationToken ct)
    {
        var verified = await VerifyAsync(owner, password, "password", ct);
        if (verified.Failed) return verified.Error;
        IReadOnlyList<string> ended = [];
        var deleted = await database.ChangeAsync<long>(
            owner,
            async (unit, token) =>
            {
                if (unit.Owner.PasswordHash != verified.Value.PasswordHash) return WrongPassword("password");
                ended = await SessionService.FindHashesAsync(unit, token);
                await Eraser.MarkAsync(unit, token);
                return owner;
            },
            ct);
        if (deleted.Failed) return deleted;
        sessions.Forget(ended);
        engine.AbandonAll(owner);
        await eraser.EraseAsync(owner, null);
        return deleted;
    }

    private async Task<Result<User>> VerifyAsync(long owner, string password, string field, CancellationToken ct)
    {
        var user = await FindAsync(owner, ct);
        var verified = await hasher.VerifyAsync(password, user?.PasswordHash, ct);
        if (verified.Failed) return verified.Error;
        return user is not null && verified.Value ? user : WrongPassword(field);
    }

    private static ChatError WrongPassword(string field) => new(ErrorCode.InvalidCredentials, "The password is wrong.", [field]);

    private ChatError? CheckPassword(string password, string username, string field)
    {
        var length = password.EnumerateRunes().Count();
        if (length < options.Value.MinimumPasswordLength || length > Input.MaximumPasswordLength)
            return ChatError.BadInput(field, $"A password has {options.Value.MinimumPasswordLength} to {Input.MaximumPasswordLength} characters.");
        if (!Input.IsWellFormed(password)) return ChatError.BadInput(field, "The password holds a NUL or half a surrogate pair.");
        // Also in the other spelling: whoever types either has typed the name.
        return string.Equals(LatinNames.Compose(password), username, StringComparison.OrdinalIgnoreCase)
            ? ChatError.BadInput(field, "The password must not be the username.")
            : null;
    }
}
