using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatService.Rest;

/// <summary>A refusal, written as problem+json (RFC 9457).</summary>
/// <param name="Detail">Null: the words that go with the code.</param>
/// <param name="Field">The member of the request that is at fault.</param>
internal sealed record Problem(ProblemCode Code, string? Detail = null, string? Field = null, int? RetryAfterSeconds = null) : IResult
{
    public string Words => Detail ?? Problems.Table(Code).Words;

    public static Problem Input(string field, string detail) => new(ProblemCode.BadUserInput, detail, field);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Problems.Table(Code).Status;
        response.Headers.CacheControl = "no-store";
        if (response.StatusCode is 401)
            response.Headers.WWWAuthenticate = "Bearer";
        if (response.StatusCode is 429 or 503)
            response.Headers.RetryAfter = Math.Max(1, RetryAfterSeconds ?? Problems.RetryAfter(Code)).ToString(CultureInfo.InvariantCulture);

        var body = new ProblemResponse(
            response.StatusCode, ReasonPhrases.GetReasonPhrase(response.StatusCode), Words, Code.WireName(), Problems.RequestId(httpContext), Field);
        await response.WriteAsJsonAsync(body, options: null, ProblemResponse.MediaType);
    }
}

/// <param name="Code">What went wrong, for programs: one of the names that the status has with its route.</param>
/// <param name="RequestId">What to quote when asking for help.</param>
/// <param name="Field">The member of the request that is at fault, if it is one.</param>
internal sealed record ProblemResponse(
    int Status,
    string Title,
    string Detail,
    string Code,
    [property: JsonPropertyName("requestId")] string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null)
{
    public const string MediaType = "application/problem+json";
}

/// <summary>Makes a problem, whatever the request accepts, of what the framework refuses: no such path, another method, a fault.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context) =>
        new(new Problem(ProblemCodes.FromStatus(context.HttpContext.Response.StatusCode), RetryAfterSeconds: Given(context.HttpContext.Response))
            .ExecuteAsync(context.HttpContext));

    // Whoever refused the request may have said when to come back.
    private static int? Given(HttpResponse response) =>
        int.TryParse(response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}

/// <summary>From a code, wherever it came from, to what a REST client is told.</summary>
internal static class Problems
{
    public static (int Status, string Words) Table(ProblemCode code) => code switch
    {
        ProblemCode.Unauthenticated => (401, "A valid session token is needed: Authorization: Bearer."),
        ProblemCode.InvalidCredentials => (401, "The name or the password is wrong."),
        ProblemCode.NotFound => (404, "There is nothing here under this address."),
        ProblemCode.BadUserInput => (400, "The request cannot be read."),
        ProblemCode.UsernameTaken => (409, "This name is taken."),
        ProblemCode.NothingToComplete => (409, "There is no question to answer."),
        ProblemCode.ConversationBusy => (409, "An answer is being made in this conversation."),
        ProblemCode.IdempotencyConflict => (422, "This idempotency key came with another request before."),
        ProblemCode.ContextOverflow => (422, "The question is longer than the model can read."),
        ProblemCode.ModelNotAllowed => (422, "This model is not configured."),
        ProblemCode.CursorExpired => (400, "The feed no longer goes back that far."),
        ProblemCode.CompletionCancelled => (409, "The completion was cancelled."),
        ProblemCode.GraphqlParseFailed => (400, "The request cannot be read."),
        ProblemCode.GraphqlValidationFailed => (400, "The request cannot be read."),
        ProblemCode.MethodNotAllowed => (405, "This address does not take that method."),
        ProblemCode.NotAcceptable => (406, "The answer is not to be had in that form."),
        ProblemCode.OriginRefused => (403, "This origin is not allowed."),
        ProblemCode.QueryTooLarge => (400, "The request is too large."),
        ProblemCode.QueryTooComplex => (400, "The request asks for too much."),
        ProblemCode.BatchingDisabled => (400, "One operation at a time."),
        ProblemCode.PayloadTooLarge => (413, "The body is larger than 1 MiB."),
        ProblemCode.RequestTimeout => (408, "The body did not arrive in time."),
        ProblemCode.UnsupportedMediaType => (415, "The body must be application/json in UTF-8, not encoded further."),
        ProblemCode.RateLimited => (429, "Too many requests."),
        ProblemCode.TooManyStreams => (429, "Too many streams."),
        ProblemCode.Overloaded => (503, "The service has too much to do."),
        ProblemCode.ProviderError => (502, "The model's provider failed."),
        ProblemCode.ProviderIncomplete => (502, "The model's provider broke off before the end."),
        ProblemCode.ProviderUnavailable => (503, "The model's provider is not available."),
        ProblemCode.ProviderTimeout => (504, "The model's provider did not answer in time."),
        ProblemCode.StorageUnavailable => (503, "The database is not available."),
        ProblemCode.StorageFull => (503, "The database has no space left."),
        ProblemCode.ShuttingDown => (503, "The service is stopping; try again."),
        ProblemCode.Internal => (500, "Something went wrong on our side."),
    };

    /// <summary>In seconds, where the host did not say.</summary>
    public static int RetryAfter(ProblemCode code) => code is ProblemCode.StorageFull ? 60 : 1;

    /// <summary>What a caller quotes and the log is searched for: the trace's id, or the connection's and request's number without one.</summary>
    public static string RequestId(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;

    /// <summary>A top-level error, a payload's or a completion's own.</summary>
    /// <param name="status">Of the whole answer; tells what a code unknown here is about.</param>
    /// <param name="field">The path in the operation's input.</param>
    public static Problem From(string wireName, string message, int status = 200, IEnumerable<string>? field = null, int? retryAfterSeconds = null) =>
        ProblemCodes.Parse(wireName) switch
        {
            // The words are the same whatever is missing, so that they tell nothing about what belongs to others.
            ProblemCode.NotFound => new Problem(ProblemCode.NotFound),
            ProblemCode.Internal => new Problem(ProblemCode.Internal),
            null => new Problem(status == 200 ? ProblemCode.Internal : ProblemCodes.FromStatus(status), RetryAfterSeconds: retryAfterSeconds),
            { } code => new Problem(code, message, MemberName(field), retryAfterSeconds),
        };

    private static string? MemberName(IEnumerable<string>? field) =>
        field?.LastOrDefault() switch
        {
            "currentPassword" => "password",
            "conversationId" => "id",
            "idempotencyKey" => IdempotencyKey.Header,
            { } last => JsonNamingPolicy.SnakeCaseLower.ConvertName(last),
            null => null,
        };
}
