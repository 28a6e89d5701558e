using System.Net;
using System.Net.Sockets;
using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Who asks, and from where.</summary>
/// <param name="UserId">Null for an anonymous caller.</param>
/// <param name="SessionHash">Hash of the session's token; null for who has none.</param>
/// <param name="Address">The socket's address for limits: IPv6 by its first 64 bits, which one customer usually has whole.</param>
public sealed record Caller(long? UserId, string? SessionHash, string Address)
{
    /// <summary>Of the request in the log; null where none is written.</summary>
    public RequestLine? Line { get; private init; }

    public static Caller Anonymous(HttpContext http) => new(null, null, AddressOf(http)) { Line = http.Features.Get<RequestLine>() };

    public static Caller SignedIn(LiveSession session, HttpContext http)
    {
        var line = http.Features.Get<RequestLine>();
        line?.Knows(session.OwnerId);
        return new Caller(session.OwnerId, session.TokenHash, AddressOf(http)) { Line = line };
    }

    internal static string AddressOf(HttpContext http) => AddressOf(http.Connection.RemoteIpAddress ?? IPAddress.None);

    internal static string AddressOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address.ToString();
        var network = address.GetAddressBytes();
        network.AsSpan(8).Clear();
        return $"{new IPAddress(network)}/64";
    }
}
