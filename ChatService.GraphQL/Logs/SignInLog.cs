using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>
/// Who was let in and who was not. Never the name as it was typed: people type passwords there.
/// </summary>
public sealed partial class SignInLog(ILogger<SignInLog> logger)
{
    /// <summary>A sign-in, or the registration that is one.</summary>
    /// <returns>What it is given.</returns>
    internal Result<NewSession> Note(Result<NewSession> done, string address)
    {
        if (!done.Failed) LogSignedIn(done.Value.User.Id, address);
        else if (done.Error.Code == ErrorCode.InvalidCredentials) LogRefused(address);
        return done;
    }

    /// <summary>What somebody who is signed in wanted with their password.</summary>
    /// <inheritdoc cref="Note"/>
    internal Result<T> Note<T>(Result<T> done, long user, string address)
    {
        if (done.Error is { Code: ErrorCode.InvalidCredentials }) LogWrong(user, address);
        return done;
    }

    [LoggerMessage(EventId = 5, EventName = "signed-in", Level = LogLevel.Information, Message = "User {User} signed in from {Address}")]
    private partial void LogSignedIn(long user, string address);

    [LoggerMessage(EventId = 6, EventName = "sign-in-refused", Level = LogLevel.Warning, Message = "A sign-in from {Address} was refused: unknown or wrong")]
    private partial void LogRefused(string address);

    [LoggerMessage(EventId = 7, EventName = "password-refused", Level = LogLevel.Warning, Message = "User {User} gave a wrong password from {Address}")]
    private partial void LogWrong(long user, string address);
}
