using System.ComponentModel.DataAnnotations;

namespace ChatService.Rest;

/// <summary>What the facade needs from its host.</summary>
public sealed class RestOptions
{
    [Required(ErrorMessage = "RestOptions.Run is not set: the facade needs the delegate that runs an operation.")]
    public RunOperation Run { get; set; } = null!;

    [Required(ErrorMessage = "RestOptions.Watch is not set: the facade needs the delegate that runs a subscription.")]
    public WatchOperation Watch { get; set; } = null!;

    /// <summary>A name as the host stores it, for names that can be written in more than one way. Default: Unicode's NFC.</summary>
    public Func<string, string> NormalizeName { get; set; } = name => name.Normalize();

    /// <summary>Whether calls act as the owner of what they address, without a token. Default: false.</summary>
    public bool Documented { get; set; }

    /// <summary>How long a request's body may take to arrive. Default: 15 s. Range: 1 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan ReceiveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how much silence an event stream gets a comment. Default: 15 s. Range: 1 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one write to an event stream may take before the stream is ended. Default: 10 s. Range: 1 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
