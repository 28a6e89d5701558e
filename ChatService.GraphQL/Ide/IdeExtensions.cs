using System.Text.Json;
using Microsoft.Extensions.FileProviders;

namespace ChatService.GraphQL;

/// <summary>
/// Banana Cake Pop for a browser. Its files are those of the npm package that the build fetches; where it could not, and
/// in what is published, the page takes them from the package's CDN.
/// </summary>
public static class IdeExtensions
{
    private const string Package = "Ide/node_modules/@chillicream/bananacakepop-graphql-ide";

    /// <summary>Serves the files of the IDE below a path.</summary>
    /// <returns>The page itself, for <see cref="TransportExtensions.MapChatGraphQL"/>; null where it is switched off.</returns>
    public static RequestDelegate? UseIde(this WebApplication app, string path)
    {
        var isEnabled = app.Configuration.GetSection(IdeOptions.Section).Get<IdeOptions>()?.Enabled ?? app.Environment.IsDevelopment();
        if (!isEnabled) return null;

        var folder = Path.Combine(app.Environment.ContentRootPath, Package);
        var isLocal = Directory.Exists(Path.Combine(folder, "static"));
        var page = new IdePage(path, isLocal);
        if (isLocal)
        {
            // Without its service worker, which would go on serving the old files after an update.
            app.UseStaticFiles(new StaticFileOptions
            {
                RequestPath = $"{path}/static",
                FileProvider = new PhysicalFileProvider(Path.Combine(folder, "static")),
                OnPrepareResponse = file => page.Protect(file.Context),
            });
            app.MapGet($"{path}/LICENSE", () => Results.File(Path.Combine(folder, "LICENSE"), "text/plain; charset=utf-8")).ExcludeFromDescription();
        }

        app.MapGet($"{path}/bcp-config.json", () => Results.Json(IdePage.Settings, JsonSerializerOptions.Web)).ExcludeFromDescription();
        return page.WriteAsync;
    }
}
