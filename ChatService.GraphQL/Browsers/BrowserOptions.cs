namespace ChatService.GraphQL;

/// <summary>Which pages of other origins may use the service.</summary>
public sealed class BrowserOptions
{
    public const string Section = "Security";

    /// <summary>
    /// Origins such as <c>https://chat.example</c>, whose pages may call and open WebSockets. Default none; the service's own pages
    /// need no entry, and in Development any loopback origin is allowed besides.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];
}
