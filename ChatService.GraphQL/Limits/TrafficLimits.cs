using System.ComponentModel.DataAnnotations;
using System.Net;
using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>
/// How much one caller, one address and all together may ask of this instance. A rate has a size, which may be used up at once, and the
/// time for one more. An address is the socket's, of IPv6 the first 64 bits.
/// </summary>
public sealed class TrafficLimits
{
    public const string Section = CompletionLimits.Section;

    /// <summary>Whether rates, and what one user or address may do at once, are limited. Off for load tests on one's own machine, and in Development; streams in all, connections, operations at work and running completions stay limited. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests of one user, 1 to 1,000,000; each further field of a mutation counts as one. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerUser { get; set; } = 100;

    /// <summary>The time for one more. Default 20 milliseconds: 50 a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.000001", "01:00:00")]
    public TimeSpan RequestPerUserRefill { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Requests without a session from one address, 1 to 1,000,000. Default 60.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerAddress { get; set; } = 60;

    /// <summary>The time for one more. Default 50 milliseconds: 20 a second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.000001", "01:00:00")]
    public TimeSpan RequestPerAddressRefill { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Passwords tried for one name, 1 to 1,000,000. Default 5.</summary>
    [Range(1, 1_000_000)]
    public int SignInsPerName { get; set; } = 5;

    /// <summary>The time for one more. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan SignInPerNameRefill { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>After so many wrong passwords in a row for one name the time for one more is <see cref="SignInSlowRefill"/>. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int SignInFailures { get; set; } = 100;

    /// <summary>The time for one more password after that. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "365.00:00:00")]
    public TimeSpan SignInSlowRefill { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Passwords tried from one address, 1 to 1,000,000. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int SignInsPerAddress { get; set; } = 20;

    /// <summary>The time for one more. Default 3 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan SignInPerAddressRefill { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Registrations from one address, 1 to 1,000,000. Default 5.</summary>
    [Range(1, 1_000_000)]
    public int RegistrationsPerAddress { get; set; } = 5;

    /// <summary>The time for one more. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RegistrationRefill { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The most users, names or addresses that each limit remembers, 1 to 10,000,000. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int TrackedKeys { get; set; } = 100_000;

    /// <summary>Streams of one user, and answers that they wait for: default 8.</summary>
    [Range(1, 100_000)]
    public int StreamsPerUser { get; set; } = 8;

    /// <summary>Streams of one address: default 50.</summary>
    [Range(1, 100_000)]
    public int StreamsPerAddress { get; set; } = 50;

    /// <summary>Streams in all: default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int Streams { get; set; } = 1_000;

    /// <summary>WebSockets of one address, 1 to 1,000,000; one more is refused. Default 200.</summary>
    [Range(1, 1_000_000)]
    public int SocketsPerAddress { get; set; } = 200;

    /// <summary>Messages of one WebSocket that are no operations, such as pings, or are refused, 1 to 1,000,000; a longer one counts as one for each 4 KiB. What comes on top counts as requests, and closes the socket when those are used up. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int SocketMessages { get; set; } = 100;

    /// <summary>The time for one more. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.000001", "01:00:00")]
    public TimeSpan SocketMessageRefill { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections in all, 1 to 1,000,000; one more is closed. Default 4,000.</summary>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 4_000;

    /// <summary>Connections of one address, but for those of known proxies, 1 to 1,000,000; one more is closed. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 500;

    /// <summary>Bytes of long request bodies that one address may be sending or waiting with at once, 1 to 10^12; one more body is OVERLOADED, unless it is the only one. Default 16 MiB.</summary>
    [Range(1, 1_000_000_000_000)]
    public long BodyBytesPerAddress { get; set; } = 16 * 1_024 * 1_024;

    /// <summary>Likewise of all. Default 256 MiB.</summary>
    [Range(1, 1_000_000_000_000)]
    public long BodyBytes { get; set; } = 256 * 1_024 * 1_024;

    /// <summary>Bytes of message text that the answers of one user, or of one address without a session, may hold until they are written, 1 to 10^12; one more answer is OVERLOADED, unless it is short or the only one. Default 64 MiB.</summary>
    [Range(1, 1_000_000_000_000)]
    public long TextBytesPerCaller { get; set; } = 64 * 1_024 * 1_024;

    /// <summary>Likewise of all. Default 512 MiB.</summary>
    [Range(1, 1_000_000_000_000)]
    public long TextBytes { get; set; } = 512 * 1_024 * 1_024;

    /// <summary>Operations that work at once, streams and awaited completions not counted, 1 to 100,000. Default 128.</summary>
    [Range(1, 100_000)]
    public int OperationsAtOnce { get; set; } = 128;

    /// <summary>Operations that wait for that, 0 to 100,000; one more is OVERLOADED. Default 512.</summary>
    [Range(0, 100_000)]
    public int OperationsWaiting { get; set; } = 512;

    /// <summary>How long they wait before they are OVERLOADED too. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan OperationPatience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Operations that work at once of one user, or one address without a session, 1 to 100,000. Default 16.</summary>
    [Range(1, 100_000)]
    public int OperationsAtOncePerCaller { get; set; } = 16;

    /// <summary>Operations that wait, of the same, 0 to 100,000. Default 128.</summary>
    [Range(0, 100_000)]
    public int OperationsWaitingPerCaller { get; set; } = 128;

    /// <summary>Searches of one user that run at once, 1 to 1,000; others wait, a hundred at most. Default 2.</summary>
    [Range(1, 1_000)]
    public int SearchesAtOncePerUser { get; set; } = 2;

    /// <summary>
    /// Proxies, as addresses or networks (<c>10.0.0.7</c>, <c>10.0.0.0/8</c>), whose X-Forwarded-For says which address a request comes
    /// from. Default none: the header is not looked at.
    /// </summary>
    public IList<string> KnownProxies { get; } = [];

    internal const string ExpectedProxies = "Limits:KnownProxies are addresses or networks, such as 10.0.0.7 or 10.0.0.0/8.";

    internal static bool CheckProxies(TrafficLimits limits) => limits.KnownProxies.All(proxy => Network(proxy) is not null);

    internal static IPNetwork? Network(string proxy) =>
        IPNetwork.TryParse(proxy, out var network) ? network
        : IPAddress.TryParse(proxy, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
