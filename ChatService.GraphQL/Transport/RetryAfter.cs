using System.Globalization;

namespace ChatService.GraphQL;

/// <summary>The Retry-After header: whole seconds, at least one.</summary>
public static class RetryAfter
{
    public static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    /// <summary>Also where the status is 200 because other fields went well.</summary>
    public static void Set(HttpResponse response, IReadOnlyList<OperationError> errors)
    {
        if (errors.Max(e => e.RetryAfter) is { } wait)
            Set(response, wait);
    }

    /// <summary>429 and 503 always say when to come back.</summary>
    public static void Set(HttpResponse response, Refused refused)
    {
        if (refused.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            Set(response, refused.Errors.Max(e => e.RetryAfter) ?? TimeSpan.Zero);
    }

    private static void Set(HttpResponse response, TimeSpan wait)
        => response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
}
