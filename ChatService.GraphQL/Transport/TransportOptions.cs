using System.ComponentModel.DataAnnotations;
using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>Sizes and times of the GraphQL transports.</summary>
public sealed class TransportOptions
{
    public const string Section = "Transport";

    /// <summary>Request body, and one WebSocket message: default 1 MiB.</summary>
    [Range(1_024, 100 * 1_024 * 1_024)]
    public int MaxMessageBytes { get; set; } = 1_024 * 1_024;

    /// <summary>
    /// One answer, or one event of a stream, its names and texts together in UTF-16 units: default 16,777,216, 1,024 to 1,000,000,000.
    /// A page of a hundred of the longest messages has 13,107,200; on the wire a unit takes up to three bytes, a control character six.
    /// </summary>
    [Range(1_024, 1_000_000_000)]
    public int MaxAnswerLength { get; set; } = 16 * 1_024 * 1_024;

    /// <summary>Time for one operation that is no stream: default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Root fields without that limit, because waiting is what they are for: an operation of nothing else counts as a stream instead.
    /// Configured names are added.
    /// </summary>
    public IList<string> UntimedRootFields { get; } = ["complete"];

    /// <summary>Text of all cached documents together, in UTF-16 units, each counted as 2,048 longer: default 1,000,000 (their trees take some thirty times that). One that is not asked for within an hour goes.</summary>
    [Range(0, 100_000_000)]
    public int DocumentCacheLength { get; set; } = 1_000_000;

    /// <summary>Time from the handshake to connection_init: default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for a request's body, or for a message of a WebSocket, to arrive whole once it has begun: default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan ReceiveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a WebSocket on which nobody is signed in stays open while it runs nothing: default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "1.00:00:00")]
    public TimeSpan AnonymousIdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Idle time before a WebSocket ping or a comment in an event stream, and how long a pong may take: default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time that one write of an answer's piece, or to a stream, may take before its reader counts as gone: default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for its reader to take a whole answer, one event of a stream, or one page of a list: default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "1.00:00:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Time for a client to answer our close frame: default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for open streams to come to their end once the process stops: default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between two checks of the sessions of open streams: default 3 s. Together with the time for which a session is believed it must be less than 5, for so soon an ended one is to be noticed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan SessionCheck { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Operations at once on one WebSocket: default 100.</summary>
    [Range(1, 10_000)]
    public int MaxOperationsPerSocket { get; set; } = 100;

    internal const string ExpectedSessionCheck =
        "Transport:SessionCheck and Security:SessionCacheDuration together must be less than 5 seconds: so soon an ended session is to end everywhere.";

    internal static bool CheckSessions(TransportOptions transport, IOptions<SecurityOptions> security) =>
        transport.SessionCheck + security.Value.SessionCacheDuration < TimeSpan.FromSeconds(5);
}
