using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace ChatService.GraphQL;

public static class PageExtensions
{
    /// <summary>Nothing from elsewhere, nothing inline, nobody may frame it. Sockets to the same host and port are 'self' too.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Serves the chat page of wwwroot at /. Paths that are mapped otherwise stay what they are.</summary>
    public static void UseChatPage(this WebApplication app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = Protect });
    }

    private static void Protect(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // The modules belong together: after an update no browser may mix old ones with new ones. Unchanged ones cost a 304.
        headers[HeaderNames.CacheControl] = "no-cache";
    }
}
