using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace ChatService.Rest;

internal static class MessageRoutes
{
    private const string Message = "/conversations/{id:long:min(1)}/messages/{messageId:long:min(1)}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/conversations/{id:long:min(1)}/messages", ListAsync)
            .WithName("ListMessages").WithSummary("All messages of a conversation, oldest first.")
            .Produces<MessageResponse[]>().Refuses(ProblemCode.Unauthenticated, ProblemCode.NotFound);
        routes.MapPost("/conversations/{id:long:min(1)}/messages", CreateAsync).TakesIdempotencyKey()
            .WithName("CreateMessage").WithSummary("Adds a message of the user's, without an answer.")
            .Produces<MessageResponse>(StatusCodes.Status201Created)
            .Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound, ProblemCode.IdempotencyConflict);
        routes.MapPatch(Message, UpdateAsync)
            .WithName("UpdateMessage").WithSummary("Rewrites a message of the user's.")
            .Produces<MessageResponse>().Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound);
        routes.MapDelete(Message, DeleteAsync)
            .WithName("DeleteMessage").WithSummary("Deletes a message.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound, ProblemCode.ConversationBusy);
    }

    private static Task<IResult> ListAsync(long id, HttpContext http, Operations operations)
    {
        var pages = WholeList.PagesAsync(
            after => operations.RunAsync(
                http, "ListMessages", Addressed.Conversation(id), ("conversationId", $"cnv_{id}"), ("first", WholeList.PageSize), ("after", after)),
            conversation => conversation.Child("messages"));
        return WholeList.WriteAsync(
            http, pages, conversation => conversation.Child("messages").Children("nodes").Where(IsSaid).Select(MessageResponse.From));
    }

    private static async Task<IResult> CreateAsync(
        long id,
        [FromHeader(Name = IdempotencyKey.Header), RegularExpression(IdempotencyKey.Pattern), Description(IdempotencyKey.Words)] string? idempotencyKey,
        RequestBody<CreateMessageRequest> body,
        HttpContext http,
        Operations operations)
    {
        var (content, role) = body.Value;
        if (role is not (null or "user"))
            return Problem.Input("role", "Clients write messages of the role user only.");

        var reply = await operations.MutateAsync(
            http, "CreateMessage", Addressed.Conversation(id), ("conversationId", $"cnv_{id}"), ("content", content), ("idempotencyKey", idempotencyKey));
        return reply.Then(payload =>
        {
            IdempotencyKey.TellReplay(http, payload);
            return TypedResults.Created((string?)null, MessageResponse.From(payload.Child("message")));
        });
    }

    private static async Task<IResult> UpdateAsync(
        long id, long messageId, RequestBody<UpdateMessageRequest> body, HttpContext http, Operations operations)
    {
        if (await FindElsewhereAsync(id, messageId, http, operations) is { } problem)
            return problem;

        var reply = await operations.MutateAsync(
            http, "UpdateMessage", Addressed.Conversation(id), ("id", $"msg_{messageId}"), ("content", body.Value.Content));
        return OfMessage(reply).Then(payload => TypedResults.Ok(MessageResponse.From(payload.Child("message"))));
    }

    private static async Task<IResult> DeleteAsync(long id, long messageId, HttpContext http, Operations operations)
    {
        if (await FindElsewhereAsync(id, messageId, http, operations) is { } problem)
            return problem;

        var reply = await operations.MutateAsync(http, "DeleteMessage", Addressed.Conversation(id), ("id", $"msg_{messageId}"));
        return OfMessage(reply).Then(_ => TypedResults.NoContent());
    }

    // The id of these inputs is the message's; in the path, id is the conversation's.
    private static Reply OfMessage(Reply reply) =>
        reply.Problem is { Field: "id" } problem ? reply with { Problem = problem with { Field = "messageId" } } : reply;

    // The schema knows a message without its conversation; under this address it must be in the one that is named.
    private static async Task<Problem?> FindElsewhereAsync(long id, long messageId, HttpContext http, Operations operations)
    {
        var reply = await operations.RunAsync(http, "GetMessage", Addressed.Conversation(id), ("id", $"msg_{messageId}"));
        if (reply.Problem is not null)
            return reply.Problem;
        return reply.Root.Child("conversation").Number("databaseId") == id ? null : new Problem(ProblemCode.NotFound);
    }

    // What a person wrote, and answers that came to an end or were stopped after some text.
    private static bool IsSaid(Node message) => message.ChildOrNull("completion")?.Text("status") switch
    {
        null or "COMPLETED" => true,
        "CANCELLED" => message.Text("content") != "",
        _ => false,
    };
}

/// <param name="Content">1 to 131,072 UTF-16 code units, not only white space.</param>
/// <param name="Role">May be given, as "user".</param>
internal sealed record CreateMessageRequest([property: Length(1, 131_072)] string Content, string? Role = null);

/// <param name="Content">1 to 131,072 UTF-16 code units, not only white space.</param>
internal sealed record UpdateMessageRequest([property: Length(1, 131_072)] string Content);

/// <param name="Role">user, assistant or system.</param>
internal sealed record MessageResponse(long Id, [property: AllowedValues("user", "assistant", "system")] string Role, string Content)
{
    public static MessageResponse From(Node message) =>
        new(message.Number("databaseId"), RoleName(message), message.Text("content"));

    public static string RoleName(Node message) => message.Text("role").ToLowerInvariant();
}
