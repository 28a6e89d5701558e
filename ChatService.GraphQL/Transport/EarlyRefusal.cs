namespace ChatService.GraphQL;

/// <summary>Answers a request that is refused before it comes to its surface.</summary>
internal static class EarlyRefusal
{
    /// <param name="http">The request.</param>
    /// <param name="refused">Why.</param>
    /// <param name="graphQL">The path whose refusals have GraphQL's form; those of others are the status alone, which becomes a problem.</param>
    public static Task RefuseAsync(this HttpContext http, Refused refused, string graphQL)
    {
        if (http.Request.Path.Equals(graphQL, StringComparison.OrdinalIgnoreCase))
            return http.RequestServices.GetRequiredService<HttpTransport>().RefuseAsync(http, refused);
        RetryAfter.Set(http.Response, refused);
        http.Response.StatusCode = refused.Status;
        return Task.CompletedTask;
    }
}
