using System.Net;

namespace ChatService.GraphQL;

public enum FacadeMode
{
    /// <summary>Every route but registration and sign-in needs a bearer token.</summary>
    Secure,

    /// <summary>No token: each call acts as the owner of what it addresses, so that the documented requests work as they are printed.</summary>
    Documented,
}

/// <summary>How the REST facade knows its callers.</summary>
public sealed class FacadeOptions
{
    public const string Section = "Facade";

    /// <summary><c>secure</c> (default) or <c>documented</c>.</summary>
    public FacadeMode Mode { get; set; } = FacadeMode.Secure;

    /// <summary>Lets documented mode listen on other addresses than loopback, for whoever can reach them. Default false.</summary>
    public bool AllowOpenNetwork { get; set; }

    /// <summary>What is wrong with these addresses for this mode; null if nothing is.</summary>
    internal string? Refuse(IEnumerable<string> urls) =>
        Mode == FacadeMode.Documented && !AllowOpenNetwork && urls.FirstOrDefault(url => !IsLoopback(url)) is { } open
            ? $"Facade:Mode=documented trusts every caller, so it listens on loopback addresses alone, not on {open}. "
                + "Set Facade:Mode=secure, or Facade:AllowOpenNetwork=true if you mean it."
            : null;

    /// <summary>
    /// Whether a request for this host is one for this machine. A name that a stranger's page has pointed at it is not: by such a name the
    /// browser takes our answers for that page's own.
    /// </summary>
    internal bool Serves(HostString host) =>
        Mode != FacadeMode.Documented || AllowOpenNetwork || IsLoopbackHost(host.Host) || host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string url) => IsLoopbackHost(BindingAddress.Parse(url).Host);

    private static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
