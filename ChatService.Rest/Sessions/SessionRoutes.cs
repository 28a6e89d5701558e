namespace ChatService.Rest;

internal static class SessionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sessions", CreateAsync).AllowAnonymous()
            .WithName("SignIn").WithSummary("Opens a session; its token goes into Authorization: Bearer.")
            .Produces<SessionResponse>(StatusCodes.Status201Created)
            .Refuses(ProblemCode.BadUserInput, ProblemCode.InvalidCredentials, ProblemCode.RateLimited, ProblemCode.Overloaded);
        routes.MapDelete("/sessions/current", DeleteAsync)
            .WithName("SignOut").WithSummary("Ends the session whose token made the call.")
            .Produces(StatusCodes.Status204NoContent).Refuses(ProblemCode.Unauthenticated);
    }

    private static async Task<IResult> CreateAsync(RequestBody<Credentials> body, HttpContext http, Operations operations)
    {
        var (username, password) = body.Value;
        var reply = await operations.MutateAsync(http, "SignIn", Addressed.Nobody, ("username", username), ("password", password));
        return reply.Then(payload =>
        {
            var session = payload.Child("session");
            return TypedResults.Created((string?)null, new SessionResponse(session.Text("token"), session.Time("expiresAt")));
        });
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Operations operations)
    {
        var reply = await operations.RunAsync(http, "SignOut", Addressed.Nobody);
        return reply.Then(_ => TypedResults.NoContent());
    }
}

internal sealed record SessionResponse(string Token, DateTime ExpiresAt);
