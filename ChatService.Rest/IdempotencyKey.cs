namespace ChatService.Rest;

/// <summary>A client's own name for a request: 1 to 255 visible ASCII characters. A repeat has the effect, and the answer, of the first.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string Pattern = "^[!-~]{1,255}$";
    public const string Words = "A name of the client's own for this request, 1 to 255 visible ASCII characters: a repeat has the effect, and the answer, of the first.";
    private const string Replayed = "Idempotent-Replayed";

    public static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder route) => route.AddEndpointFilter(async (context, next) =>
        context.HttpContext.Request.Headers.TryGetValue(Header, out var key) && !IsValid(key.ToString())
            ? Problem.Input(Header, "The key must be 1 to 255 visible ASCII characters.")
            : await next(context))
        .Tells(Replayed, "true where this is the answer of an earlier request with the same key.");

    public static void TellReplay(HttpContext http, Node payload)
    {
        if (payload.Flag("replayed"))
            http.Response.Headers[Replayed] = "true";
    }

    private static bool IsValid(string key) => key.Length is >= 1 and <= 255 && key.All(character => character is > ' ' and <= '~');
}
