using System.Buffers.Text;
using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace ChatService.GraphQL;

public static class ReferenceExtensions
{
    /// <summary>Serves the page on which one reads the description of the REST routes and tries them.</summary>
    public static void MapRestReference(this IEndpointRouteBuilder endpoints, string path) =>
        endpoints.MapScalarApiReference(path, (options, http) =>
        {
            var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
            // Its scripts are those of the package and the one with the nonce; it sets styles from them. It talks to nobody but the service.
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
                + "img-src 'self' data: blob:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            options.Nonce = nonce;
            options.Title = "Chat Service";
            options.Favicon = "/favicon.svg";
            options.OpenApiRoutePattern = "/openapi.json";
            options.DynamicBaseServerUrl = true;
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.HideClientButton = true;
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.Agent = new ScalarAgentOptions { Disabled = true };
            options.Mcp = new ScalarMcpOptions { Disabled = true };
        });
}
