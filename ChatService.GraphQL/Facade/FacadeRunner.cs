using System.Runtime.CompilerServices;
using ChatService.Data;
using ChatService.Rest;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>What the facade needs: its operations, run in this process as whoever calls, past the same guard, limits and access rules.</summary>
internal sealed class FacadeRunner(InProcess operations, OpenStreams streams, BearerToken bearer, Faults faults, IServiceProvider services, IOptions<FacadeOptions> options)
{
    private readonly DocumentedCaller? _documented =
        options.Value.Mode == FacadeMode.Documented ? services.GetRequiredService<DocumentedCaller>() : null;

    public async Task<OperationAnswer> RunAsync(HttpContext http, Operation operation, CancellationToken ct) =>
        Answer(await StartAsync(http, operation, ct));

    public async IAsyncEnumerable<OperationAnswer> WatchAsync(HttpContext http, Operation operation, [EnumeratorCancellation] CancellationToken ct)
    {
        var outcome = await StartAsync(http, operation, ct);
        await using var run = outcome.Run;
        if (outcome.Stream is null)
        {
            yield return Answer(outcome);
            yield break;
        }

        await using var results = outcome.Stream.GetAsyncEnumerator(ct);
        while (true)
        {
            OperationAnswer answer;
            try
            {
                if (!await results.MoveNextAsync()) yield break;
                answer = Answer(StatusCodes.Status200OK, results.Current);
            }
            catch (StreamCutException cut)
            {
                answer = Answer(StatusCodes.Status503ServiceUnavailable, new PlainResult(null, [cut.Error]));
            }

            yield return answer;
            if (answer.Status != StatusCodes.Status200OK) yield break;
        }
    }

    private async Task<PlainOutcome> StartAsync(HttpContext http, Operation operation, CancellationToken ct)
    {
        Caller? caller;
        try
        {
            if (!options.Value.Serves(http.Request.Host))
                return Refuse(Refused.Request(400, Codes.BadUserInput, "In documented mode the service answers to localhost and loopback addresses alone."));
            if (_documented is not null && DocumentedCaller.IsForwarded(http))
                return Refuse(Refused.Request(403, Codes.OriginRefused, "This mode serves no proxies."));
            caller = _documented is null || BearerToken.IsSent(http)
                ? await bearer.ReadAsync(http, ct)
                : await _documented.FindAsync(operation.ActsFor, http, ct);
        }
        catch (StorageException exception)
        {
            return Refuse(faults.Refuse(exception));
        }

        if (caller is null) return Refuse(BearerToken.Refusal);
        if (operation.IsWatched && !streams.HasRoom(caller)) return Refuse(OpenStreams.Full);
        var page = HeldPage.Of(http);
        page.Turn(null);
        var outcome = await operations.RunAsync(caller, operation.Document, null, operation.Variables, ct);
        page.Turn(outcome.Held);
        return outcome;
    }

    private static PlainOutcome Refuse(Refused refused) => new(refused.Status, new PlainResult(null, refused.Errors), null);

    private static OperationAnswer Answer(PlainOutcome outcome) => Answer(outcome.Status ?? StatusCodes.Status200OK, outcome.Result!);

    private static OperationAnswer Answer(int status, PlainResult result) => new(
        status,
        result.Data,
        [.. result.Errors.Select(error => new Rest.OperationError(
            error.Code,
            error.Message,
            error.Path?.Select(part => $"{part}").ToArray(),
            error.RetryAfter is { } wait ? (int)RetryAfter.Seconds(wait) : null))]);
}
