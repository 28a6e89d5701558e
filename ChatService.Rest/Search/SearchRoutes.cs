using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ChatService.Rest;

internal static class SearchRoutes
{
    private static readonly Problem _wrongLimit = Problem.Input("limit", "The limit must be 1 to 100.");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/users/{userId:long:min(1)}/messages:search", SearchAsync)
            .WithName("SearchMessages").WithSummary("A user's messages that fit q best, the best first.")
            .Produces<SearchHitResponse[]>().Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound)
            // Nothing else here is refused by the framework, which does not say what it refuses.
            .AddEndpointFilter(async (context, next) =>
                context.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest ? _wrongLimit : await next(context));

    private static async Task<IResult> SearchAsync(
        long userId,
        [Required, Length(1, 1_000), Description("Words and \"phrases\", not only white space; nothing else is syntax.")] string? q,
        HttpContext http,
        Operations operations,
        [AllowedValues("semantic", "keyword", "hybrid"), Description("How messages are compared with the text; in any case.")] string mode = "hybrid",
        [Range(1, 100)] int limit = 10)
    {
        if (q is null)
            return Problem.Input("q", "A text to search for is needed.");
        if (mode.ToUpperInvariant() is not ("SEMANTIC" or "KEYWORD" or "HYBRID"))
            return Problem.Input("mode", "The mode must be semantic, keyword or hybrid.");
        if (limit is < 1 or > 100)
            return _wrongLimit;

        var reply = await operations.RunAsync(
            http, "SearchMessages", Addressed.User(userId), ("query", q), ("mode", mode.ToUpperInvariant()), ("first", limit));
        return reply.Problem is null
            ? TypedResults.Ok(reply.Data.Child("searchMessages").Children("edges").Select(SearchHitResponse.From))
            : reply.Problem;
    }
}

/// <param name="Score">Comparable within one answer only.</param>
internal sealed record SearchHitResponse(
    long Id, long ConversationId, [property: AllowedValues("user", "assistant", "system")] string Role, string Content, double Score, string Snippet)
{
    public static SearchHitResponse From(Node hit)
    {
        var message = hit.Child("node");
        return new SearchHitResponse(
            message.Number("databaseId"),
            message.Child("conversation").Number("databaseId"),
            MessageResponse.RoleName(message),
            message.Text("content"),
            hit.Real("score"),
            hit.Text("snippet"));
    }
}
