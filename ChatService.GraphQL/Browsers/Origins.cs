using System.Net;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Says which pages may use the service, by the Origin that their browser sends. Programs send none and are not concerned.
/// </summary>
public sealed class Origins(IOptions<BrowserOptions> options, IHostEnvironment environment)
{
    private readonly HashSet<string> _allowed = options.Value.AllowedOrigins.Select(origin => origin.TrimEnd('/')).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether pages of this origin may read answers; the service's own are not asked.</summary>
    public bool Allows(string origin)
        => _allowed.Contains(origin) || (environment.IsDevelopment() && Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback);

    /// <summary>
    /// Whether to refuse a request for where it comes from: a WebSocket handshake, or a method that can have a body.
    /// Others have no effect, and the browser keeps their answer from a page that CORS does not name.
    /// </summary>
    public bool Refuses(HttpRequest request)
    {
        var isHarmless = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            && request.Headers.Upgrade.Count == 0;
        return !isHarmless && request.Headers.Origin.Any(origin => origin is null || !(IsOwn(origin, request.Host) || Allows(origin)));
    }

    /// <summary>
    /// The scheme is not compared: behind a proxy that ends TLS it is not the browser's. In Development, where any Host is
    /// served, a name may be one that a stranger points at this machine, so there only an address counts.
    /// </summary>
    private bool IsOwn(string origin, HostString host)
        => Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase)
            && (!environment.IsDevelopment() || IPAddress.TryParse(uri.DnsSafeHost, out _));
}
