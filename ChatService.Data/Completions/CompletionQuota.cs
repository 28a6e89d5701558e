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
            var running = _running.GetValueOrDefault(owner);
            if (_limits.Enabled)
            {
                if (running >= _limits.CompletionsAtOncePerUser) return Limited("Other answers are being made for you. Wait for one.", _soon);
                if (_rate.Take(owner) is { } wait) return Limited("You have asked for many answers. Wait a little.", wait);
            }

            _running[owner] = running + 1;
            return null;
        }
    }

    public void GiveBack(long owner)
    {
        lock (_running)
        {
            if (--_running[owner] == 0) _running.Remove(owner);
        }
    }

    private ChatError Limited(string message, TimeSpan wait)
    {
        telemetry.LimitHit();
        return new ChatError(ErrorCode.RateLimited, message, RetryAfter: wait);
    }
}
