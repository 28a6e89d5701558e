using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>How often somebody may try a password, and register. Names that exist and names that do not are limited alike.</summary>
public sealed class SignInLimits(IOptions<TrafficLimits> options, LimitTelemetry telemetry, TimeProvider time)
{
    private readonly TrafficLimits _limits = options.Value;

    private readonly TokenBuckets<string> _accounts = new(
        options.Value.SignInsPerName, options.Value.SignInPerNameRefill, options.Value.TrackedKeys, time,
        (options.Value.SignInFailures, options.Value.SignInSlowRefill));

    private readonly TokenBuckets<string> _addresses =
        new(options.Value.SignInsPerAddress, options.Value.SignInPerAddressRefill, options.Value.TrackedKeys, time);

    private readonly TokenBuckets<string> _registrations =
        new(options.Value.RegistrationsPerAddress, options.Value.RegistrationRefill, options.Value.TrackedKeys, time);

    /// <summary>Tries a password for a name.</summary>
    /// <returns>What the attempt gave, or RATE_LIMITED without one.</returns>
    public Task<Result<T>> TryNameAsync<T>(string username, string address, Func<Task<Result<T>>> attempt) =>
        // What is no name belongs to nobody, and only costs its address.
        TryAsync(Input.NormalizeUsername(username) is { } name ? User.KeyOf(name) : null, address, attempt);

    /// <summary>Tries the password of somebody who is signed in: a stolen session must not be the better way to guess it.</summary>
    /// <inheritdoc cref="TryNameAsync"/>
    public Task<Result<T>> TryUserAsync<T>(long user, string address, Func<Task<Result<T>>> attempt) => TryAsync($"#{user}", address, attempt);

    /// <summary>Counts a registration.</summary>
    /// <returns>RATE_LIMITED, or null if it may go on.</returns>
    public ChatError? RefuseRegistration(string address) => _limits.Enabled ? Refuse(_registrations, address, "registrations") : null;

    private async Task<Result<T>> TryAsync<T>(string? account, string address, Func<Task<Result<T>>> attempt)
    {
        if (!_limits.Enabled) return await attempt();
        // The address first: one that asks too often must not use up what is left for the name.
        if (Refuse(_addresses, address, "sign-ins") is { } tooManyFromHere) return tooManyFromHere;
        if (account is null) return await attempt();
        if (Refuse(_accounts, account, "sign-ins") is { } tooManyForThis) return tooManyForThis;
        var done = await attempt();
        if (done.Error is null or { Code: ErrorCode.InvalidCredentials }) _accounts.Note(account, done.Failed);
        return done;
    }

    private ChatError? Refuse(TokenBuckets<string> buckets, string key, string limit)
    {
        if (buckets.Take(key) is not { } wait) return null;
        telemetry.Hit(limit);
        return new ChatError(ErrorCode.RateLimited, "Too many attempts. Try again later.", RetryAfter: wait);
    }
}
