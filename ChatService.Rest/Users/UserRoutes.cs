using Microsoft.Extensions.Options;

namespace ChatService.Rest;

internal static class UserRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users/{username}", GetAsync)
            .WithName("GetUser").WithSummary("A user by name.")
            .Produces<UserResponse>().Refuses(ProblemCode.Unauthenticated, ProblemCode.NotFound);
        routes.MapPost("/users", CreateAsync).AllowAnonymous()
            .Tells("Location", "The user's path.").Tells("X-Session-Token", "In secure mode, the token of a session that has begun.")
            .WithName("CreateUser").WithSummary("Registers a user; in secure mode X-Session-Token has a session's token.")
            .Produces<NewUserResponse>(StatusCodes.Status201Created)
            .Refuses(ProblemCode.BadUserInput, ProblemCode.UsernameTaken, ProblemCode.RateLimited, ProblemCode.Overloaded);
        routes.MapPatch("/users/{username}", ChangePasswordAsync)
            .WithName("ChangePassword").WithSummary("Changes the password and ends the user's other sessions.")
            .Produces<UserResponse>()
            .Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound, ProblemCode.InvalidCredentials, ProblemCode.RateLimited, ProblemCode.Overloaded);
        routes.MapDelete("/users/{username}", DeleteAsync)
            .WithName("DeleteUser").WithSummary("Deletes a user with everything of theirs.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound, ProblemCode.InvalidCredentials, ProblemCode.RateLimited, ProblemCode.Overloaded);
    }

    private static async Task<IResult> GetAsync(string username, HttpContext http, Operations operations)
    {
        var reply = await operations.RunAsync(http, "GetUser", Addressed.UserName(username));
        return reply.Then(me => TypedResults.Ok(UserResponse.From(me)));
    }

    private static async Task<IResult> CreateAsync(
        RequestBody<Credentials> body, HttpContext http, Operations operations, IOptions<RestOptions> options)
    {
        var (username, password) = body.Value;
        var reply = await operations.MutateAsync(http, "CreateUser", Addressed.Nobody, ("username", username), ("password", password));
        return reply.Then(payload =>
        {
            var user = UserResponse.From(payload.Child("user"));
            var documented = options.Value.Documented;
            if (!documented)
                http.Response.Headers["X-Session-Token"] = payload.Child("session").Text("token");
            return TypedResults.Created(
                $"/users/{Uri.EscapeDataString(user.Username)}", new NewUserResponse(user.Id, user.Username, documented ? password : "********"));
        });
    }

    private static async Task<IResult> ChangePasswordAsync(
        string username, RequestBody<ChangePasswordRequest> body, HttpContext http, Operations operations)
    {
        var addressed = Addressed.UserName(username);
        var caller = await operations.RunAsync(http, "GetUser", addressed);
        if (caller.Problem is not null)
            return caller.Problem;

        var reply = await operations.MutateAsync(
            http, "ChangePassword", addressed, ("currentPassword", body.Value.Password), ("newPassword", body.Value.NewPassword));
        return reply.Then(payload => TypedResults.Ok(UserResponse.From(payload.Child("user"))));
    }

    private static async Task<IResult> DeleteAsync(string username, RequestBody<DeleteUserRequest> body, HttpContext http, Operations operations)
    {
        var addressed = Addressed.UserName(username);
        var caller = await operations.RunAsync(http, "GetUser", addressed);
        if (caller.Problem is not null)
            return caller.Problem;

        var reply = await operations.MutateAsync(http, "DeleteUser", addressed, ("password", body.Value.Password));
        return reply.Then(_ => TypedResults.NoContent());
    }
}

/// <param name="Username">1 to 64 Latin letters, digits and ._@+-, beginning with a letter or digit; unique without regard to case.</param>
/// <param name="Password">8 to 128 characters of any kind, taken exactly as sent; not the username. In documented mode one is enough.</param>
internal sealed record Credentials(string Username, string Password);

/// <param name="NewPassword">8 to 128 characters of any kind, taken exactly as sent; not the username. In documented mode one is enough.</param>
internal sealed record ChangePasswordRequest(string Password, string NewPassword);

internal sealed record DeleteUserRequest(string Password);

internal sealed record UserResponse(long Id, string Username)
{
    public static UserResponse From(Node user) => new(user.Number("databaseId"), user.Text("username"));
}

/// <param name="Password">Asterisks, except in documented mode.</param>
internal sealed record NewUserResponse(long Id, string Username, string Password);
