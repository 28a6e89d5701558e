namespace ChatService.GraphQL;

/// <summary>The headers that keep pages from misusing an answer, around all else: those that the framework refuses by itself have them too, and a body as all others.</summary>
internal sealed class ProtectionHeaders : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, then) =>
        {
            // At the last moment, since the handling of an exception clears what was set before it.
            http.Response.OnStarting(SetAsync, http.Response.Headers);
            return then(http);
        });
        app.UseStatusCodePages();
        next(app);
    };

    /// <summary>A page that needs another policy has set its own, with its own frame-ancestors.</summary>
    private static Task SetAsync(object state)
    {
        var headers = (IHeaderDictionary)state;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.TryAdd("Content-Security-Policy", "frame-ancestors 'none'");
        return Task.CompletedTask;
    }
}
