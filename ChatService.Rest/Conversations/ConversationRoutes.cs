using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace ChatService.Rest;

internal static class ConversationRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users/{userId:long:min(1)}/conversations", ListAsync)
            .WithName("ListConversations").WithSummary("All conversations of a user, latest activity first, the archived ones last.")
            .Produces<ConversationListItem[]>().Refuses(ProblemCode.Unauthenticated, ProblemCode.NotFound);
        routes.MapPost("/conversations", CreateAsync).TakesIdempotencyKey().Tells("Location", "The conversation's path.")
            .WithName("CreateConversation").WithSummary("Opens a conversation of a user.")
            .Produces<ConversationResponse>(StatusCodes.Status201Created)
            .Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound, ProblemCode.IdempotencyConflict);
        routes.MapGet("/conversations/{id:long:min(1)}", GetAsync)
            .WithName("GetConversation").WithSummary("A conversation.")
            .Produces<ConversationResponse>().Refuses(ProblemCode.Unauthenticated, ProblemCode.NotFound);
        routes.MapPatch("/conversations/{id:long:min(1)}", UpdateAsync)
            .WithName("UpdateConversation").WithSummary("Renames a conversation.")
            .Produces<ConversationResponse>().Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound);
        routes.MapDelete("/conversations/{id:long:min(1)}", DeleteAsync)
            .WithName("DeleteConversation").WithSummary("Deletes a conversation with its messages.")
            .Produces(StatusCodes.Status204NoContent).Refuses(ProblemCode.Unauthenticated, ProblemCode.NotFound);
    }

    private static Task<IResult> ListAsync(long userId, HttpContext http, Operations operations)
    {
        return WholeList.WriteAsync(http, Pages(archived: false).Concat(Pages(archived: true)), ConversationListItem.From);

        IAsyncEnumerable<Reply> Pages(bool archived) => WholeList.PagesAsync(
            after => operations.RunAsync(
                http, "ListConversations", Addressed.User(userId), ("archived", archived), ("first", WholeList.PageSize), ("after", after)),
            me => me.Child("conversations"));
    }

    private static async Task<IResult> CreateAsync(
        [FromHeader(Name = IdempotencyKey.Header), RegularExpression(IdempotencyKey.Pattern), Description(IdempotencyKey.Words)] string? idempotencyKey,
        RequestBody<CreateConversationRequest> body,
        HttpContext http,
        Operations operations)
    {
        var addressed = Addressed.User(body.Value.UserId);
        var caller = await operations.RunAsync(http, "GetUser", addressed);
        if (caller.Problem is not null)
            return caller.Problem;

        var reply = await operations.MutateAsync(
            http, "CreateConversation", addressed, ("title", body.Value.Title), ("idempotencyKey", idempotencyKey));
        return reply.Then(payload =>
        {
            IdempotencyKey.TellReplay(http, payload);
            var conversation = ConversationResponse.From(payload.Child("conversation"));
            return TypedResults.Created($"/conversations/{conversation.Id}", conversation);
        });
    }

    private static async Task<IResult> GetAsync(long id, HttpContext http, Operations operations)
    {
        var reply = await operations.RunAsync(http, "GetConversation", Addressed.Conversation(id), ("id", $"cnv_{id}"));
        return reply.Then(conversation => TypedResults.Ok(ConversationResponse.From(conversation)));
    }

    private static async Task<IResult> UpdateAsync(
        long id, RequestBody<UpdateConversationRequest> body, HttpContext http, Operations operations)
    {
        var reply = await operations.MutateAsync(
            http, "UpdateConversation", Addressed.Conversation(id), ("id", $"cnv_{id}"), ("title", body.Value.Title));
        return reply.Then(payload => TypedResults.Ok(ConversationResponse.From(payload.Child("conversation"))));
    }

    private static async Task<IResult> DeleteAsync(long id, HttpContext http, Operations operations)
    {
        var reply = await operations.MutateAsync(http, "DeleteConversation", Addressed.Conversation(id), ("id", $"cnv_{id}"));
        return reply.Then(_ => TypedResults.NoContent());
    }
}

/// <param name="UserId">A number, or its digits.</param>
/// <param name="Title">1 to 200 UTF-16 code units, not only white space. A conversation without one gets it after its first answer.</param>
internal sealed record CreateConversationRequest(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long UserId, [property: Length(1, 200)] string? Title = null);

/// <param name="Title">1 to 200 UTF-16 code units, not only white space.</param>
internal sealed record UpdateConversationRequest([property: Length(1, 200)] string Title);

internal sealed record ConversationResponse(long Id, string Title, long UserId)
{
    public static ConversationResponse From(Node conversation) =>
        new(conversation.Number("databaseId"), conversation.Text("title"), conversation.Child("owner").Number("databaseId"));
}

internal sealed record ConversationListItem(long ConversationId, string Title, long UserId)
{
    public static IEnumerable<ConversationListItem> From(Node me) =>
        me.Child("conversations").Children("nodes").Select(conversation =>
            new ConversationListItem(conversation.Number("databaseId"), conversation.Text("title"), me.Number("databaseId")));
}
