using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ChatService.Rest;

internal static class CompletionRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/conversations/{id:long:min(1)}/messages:complete", CompleteAsync).TakesIdempotencyKey()
            .WithName("Complete").WithSummary("Answers the last question, or the one in content, whole or as an event stream.")
            .Produces<CompletionResponse>()
            .Refuses(
                ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.NotFound, ProblemCode.NothingToComplete, ProblemCode.ConversationBusy,
                ProblemCode.CompletionCancelled, ProblemCode.IdempotencyConflict, ProblemCode.ContextOverflow, ProblemCode.ModelNotAllowed,
                ProblemCode.RateLimited, ProblemCode.TooManyStreams, ProblemCode.Overloaded, ProblemCode.ProviderError, ProblemCode.ProviderIncomplete,
                ProblemCode.ProviderUnavailable, ProblemCode.ProviderTimeout)
            .AddOpenApiOperationTransformer(DescribeStreamAsync);

    private static async Task<IResult> CompleteAsync(
        long id,
        [FromHeader(Name = IdempotencyKey.Header), RegularExpression(IdempotencyKey.Pattern), Description(IdempotencyKey.Words)] string? idempotencyKey,
        RequestBody<CompleteRequest> body,
        HttpContext http,
        Operations operations,
        CompletionStream stream)
    {
        var request = body.Value;
        if (request.Temperature is { } temperature && !double.IsFinite(temperature))
            return Problem.Input("temperature", "The temperature must be a finite number.");

        var conversation = Addressed.Conversation(id);
        (string Name, object? Value)[] input =
        [
            ("conversationId", $"cnv_{id}"),
            ("content", request.Content),
            ("model", request.Model),
            ("maxOutputTokens", request.MaxOutputTokens),
            ("temperature", request.Temperature),
            ("regenerate", request.Regenerate),
            ("recall", request.Recall),
            ("idempotencyKey", idempotencyKey),
        ];
        if (!request.Stream)
            return (await operations.MutateAsync(http, "Complete", conversation, input)).Then(payload => Whole(http, payload));
        var begun = await operations.BeginAsync(http, "StartCompletion", conversation, input);
        return begun.Problem ?? await stream.OpenAsync(http, conversation, begun.Root);
    }

    // A status with a second media type is beyond Produces.
    private static async Task DescribeStreamAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var chunk = await context.GetOrCreateSchemaAsync(typeof(CompletionChunk), cancellationToken: ct);
        var failure = await context.GetOrCreateSchemaAsync(typeof(StreamFailure), cancellationToken: ct);
        operation.Responses!["200"].Content!["text/event-stream"] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema
            {
                Description = "The JSON of each data line: pieces, of which the last has the finish_reason, and then the word [DONE]; or, where the answer breaks off, an error and no [DONE].",
                OneOf = [chunk, failure],
            },
        };
        OpenApiExamples.AddTo(operation);
    }

    private static IResult Whole(HttpContext http, Node payload)
    {
        var completion = payload.Child("completion");
        var end = CompletionEnd.Of(completion);
        if (end.Problem is not null)
            return end.Problem;
        IdempotencyKey.TellReplay(http, payload);
        return TypedResults.Ok(CompletionResponse.From(completion.Child("message").Text("content"), end.FinishReason!));
    }
}
