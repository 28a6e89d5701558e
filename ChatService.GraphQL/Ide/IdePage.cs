namespace ChatService.GraphQL;

/// <summary>The page of the IDE, and what it is allowed to do.</summary>
internal sealed class IdePage
{
    private const string Cdn = "https://cdn.bananacakepop.com/web/18.0.0/";

    private readonly string _html;
    private readonly string _files;

    public IdePage(string path, bool isLocal)
    {
        using var page = new StreamReader(typeof(IdePage).Assembly.GetManifestResourceStream("Ide.page.html")!);
        _files = isLocal ? "'self'" : "'self' " + Cdn;
        _html = page.ReadToEnd().Replace("{base}", isLocal ? path + "/" : Cdn, StringComparison.Ordinal);
    }

    /// <summary>What the IDE asks for when it starts: where to send operations, and that it reports to nobody.</summary>
    public static object Settings { get; } = new
    {
        title = "Chat Service",
        useBrowserUrlAsEndpoint = true,
        includeCookies = false,
        disableTelemetry = true,
    };

    public async Task WriteAsync(HttpContext http)
    {
        Protect(http);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Vary = "Accept";
        await http.Response.WriteAsync(_html, http.RequestAborted);
    }

    /// <summary>The package knows addresses of its maker's services: it reaches none but this one. Its editor makes styles, workers and validating functions as it runs.</summary>
    public void Protect(HttpContext http) => http.Response.Headers.ContentSecurityPolicy =
        $"default-src 'none'; script-src {_files} 'unsafe-eval'; style-src {_files} 'unsafe-inline'; font-src {_files} data:; img-src 'self' data:; "
        + $"connect-src 'self' {(http.Request.IsHttps ? "wss" : "ws")}://{http.Request.Host}; worker-src 'self' blob:; "
        + $"base-uri {_files}; form-action 'none'; frame-ancestors 'none'";
}
