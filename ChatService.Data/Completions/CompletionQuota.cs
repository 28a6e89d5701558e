using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>What each owner may still ask for: answers at once, and answers in a minute.</summary>
public sealed class CompletionQuota(IOptions<CompletionLimits> options, CompletionTelemetry telemetry, TimeProvider time)
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(1);

    private readonly CompletionLimits _limits = options.Value;
    private readonly TokenBuckets<long> _rate =
        new(options.Value.CompletionsPerUser, options.Value.CompletionRefill, options.Value.TrackedKeys, time);

    private readonly Dictionary<long, int> _running = [];

    /// <summary>Takes a place for an answer, to be given back when it is made.</summary>
    /// <returns>Null if there was one; else RATE_LIMITED.</returns>
    public ChatError? Take(long owner)
    {
        lock (_running)
        {
            if (Check(owner, key => _rate.Take(key)) is { } limited) return limited;
            _running[owner] = _running.GetValueOrDefault(owner) + 1;
            return null;
        }
    }

    /// <summary>Whether there is a place, which stays.</summary>
    /// <returns>As <see cref="Take"/>.</returns>
    public ChatError? Peek(long owner)
    {
        lock (_running) return Check(owner, _rate.Peek);
    }

    public void GiveBack(long owner)
    {
        lock (_running)
        {
            if (--_running[owner] == 0) _running.Remove(owner);
        }
    }

    private ChatError? Check(long owner, Func<long, TimeSpan?> waitFor)
    {
        if (!_limits.Enabled) return null;
        if (_running.GetValueOrDefault(owner) >= _limits.CompletionsAtOncePerUser) return Limited("Other answers are being made for you. Wait for one.", _soon);
        return waitFor(owner) is { } wait ? Limited("You have asked for many answers. Wait a little.", wait) : null;
    }

    private ChatError Limited(string message, TimeSpan wait)
    {
        telemetry.LimitHit();
        return new ChatError(ErrorCode.RateLimited, message, RetryAfter: wait);
    }
}
