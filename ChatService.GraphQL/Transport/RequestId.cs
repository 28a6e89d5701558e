using System.Diagnostics;

namespace ChatService.GraphQL;

/// <summary>What a caller quotes and the log is searched for: the trace's id, or the connection's and request's number without one.</summary>
public static class RequestId
{
    public static string Of(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}
