using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ChatService.Rest;

/// <summary>Turns the subscription to a completion into an event stream.</summary>
internal sealed class CompletionStream(Operations operations, IOptions<RestOptions> options, IOptions<JsonOptions> json)
{
    private static readonly byte[] _done = "[DONE]"u8.ToArray();

    /// <summary>Waits for the first piece of text, so that what goes wrong before it has a status of its own.</summary>
    public async Task<IResult> OpenAsync(HttpContext http, Addressed conversation, Node payload)
    {
        var events = operations.WatchAsync(http, "CompletionEvents", conversation, ("id", payload.Child("completion").Text("id")))
            .GetAsyncEnumerator(http.RequestAborted);
        var first = await NextAsync(events);
        if (first.End?.Problem is { } problem)
        {
            await events.DisposeAsync();
            return problem;
        }

        IdempotencyKey.TellReplay(http, payload);
        return new EventStream(FramesAsync(http, first, events), options.Value);
    }

    private async IAsyncEnumerable<byte[]> FramesAsync(HttpContext http, Step step, IAsyncEnumerator<Reply> events)
    {
        await using var _ = events;
        for (; step.End is null; step = await NextAsync(events))
            yield return Frame(CompletionChunk.From(step.Content!, null));

        if (step.End is { Problem: { } problem })
        {
            yield return Frame(new StreamFailure(new StreamError(problem.Code.WireName(), problem.Words, Problems.RequestId(http))));
            yield break;
        }

        yield return Frame(CompletionChunk.From("", step.End?.FinishReason));
        yield return _done;
    }

    private static async Task<Step> NextAsync(IAsyncEnumerator<Reply> events)
    {
        if (!await events.MoveNextAsync())
            return new Step(null, new CompletionEnd(null, new Problem(ProblemCode.ShuttingDown)));
        if (events.Current.Problem is { } problem)
            return new Step(null, new CompletionEnd(null, problem));
        return events.Current.Root.ChildOrNull("completion") is { } completion
            ? new Step(null, CompletionEnd.Of(completion))
            : new Step(events.Current.Root.Text("content"), null);
    }

    private byte[] Frame<T>(T data) => JsonSerializer.SerializeToUtf8Bytes(data, json.Value.SerializerOptions);

    private readonly record struct Step(string? Content, CompletionEnd? End);
}
