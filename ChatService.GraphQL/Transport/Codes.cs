namespace ChatService.GraphQL;

/// <summary>The error codes that the transport itself gives; those of the service come from its own enum and share this spelling.</summary>
public static class Codes
{
    public const string BadUserInput = "BAD_USER_INPUT";
    public const string BatchingDisabled = "BATCHING_DISABLED";
    public const string Internal = "INTERNAL";
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";
    public const string NotAcceptable = "NOT_ACCEPTABLE";
    public const string OriginRefused = "ORIGIN_REFUSED";
    public const string Overloaded = "OVERLOADED";
    public const string ParseFailed = "GRAPHQL_PARSE_FAILED";
    public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";
    public const string QueryTooComplex = "QUERY_TOO_COMPLEX";
    public const string QueryTooLarge = "QUERY_TOO_LARGE";
    public const string RateLimited = "RATE_LIMITED";
    public const string RequestTimeout = "REQUEST_TIMEOUT";
    public const string ShuttingDown = "SHUTTING_DOWN";
    public const string TooManyStreams = "TOO_MANY_STREAMS";
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";
    public const string ValidationFailed = "GRAPHQL_VALIDATION_FAILED";
}
