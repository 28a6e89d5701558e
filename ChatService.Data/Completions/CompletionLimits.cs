using System.ComponentModel.DataAnnotations;

namespace ChatService.Data;

/// <summary>How many answers one user may have made, on this instance. How many there may be in all is <see cref="CompletionOptions.MaximumRunning"/>.</summary>
public sealed class CompletionLimits
{
    public const string Section = "Limits";

    /// <summary>Off for load tests on one's own machine, and in Development. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Completions that a user may start one after the other, 1 to 100,000. Default 20.</summary>
    [Range(1, 100_000)]
    public int CompletionsPerUser { get; set; } = 20;

    /// <summary>The time for one more of them. Default 3 seconds, so that there are 20 a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan CompletionRefill { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Completions that are made for a user at once, 1 to 10,000. Default 2.</summary>
    [Range(1, 10_000)]
    public int CompletionsAtOncePerUser { get; set; } = 2;

    /// <summary>The most users, names or addresses that each limit remembers, 1 to 10,000,000. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int TrackedKeys { get; set; } = 100_000;
}
