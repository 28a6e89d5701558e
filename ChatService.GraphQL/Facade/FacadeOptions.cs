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

    private static bool IsLoopback(string url)
    {
        var host = BindingAddress.Parse(url).Host.Trim('[', ']');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
