using System.ComponentModel.DataAnnotations;

namespace ChatService.GraphQL;

/// <summary>How many streams may be open at once, on this instance.</summary>
public sealed class StreamLimits
{
    public const string Section = "Limits";

    /// <summary>Off for load tests on one's own machine, and in Development.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Streams of one user: default 8.</summary>
    [Range(1, 100_000)]
    public int StreamsPerUser { get; set; } = 8;

    /// <summary>Streams of one address: default 50.</summary>
    [Range(1, 100_000)]
    public int StreamsPerAddress { get; set; } = 50;

    /// <summary>Streams in all: default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int Streams { get; set; } = 1_000;
}
