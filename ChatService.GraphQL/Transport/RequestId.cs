using System.Diagnostics;

namespace ChatService.GraphQL;

/// <summary>What a caller quotes and the log is searched for: the trace's id, or the connection's and request's number without one.</summary>
public static class RequestId
{
    /// <summary>The trace's, where there is no request to ask.</summary>
    public static string? OrNull => Activity.Current?.TraceId.ToHexString();

    public static string Of(HttpContext http) => OrNull ?? http.TraceIdentifier;
}
