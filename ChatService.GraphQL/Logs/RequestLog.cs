using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace ChatService.GraphQL;

/// <summary>
/// A line for each request when it has ended, a stream's and a socket's too: who asked for what, how it went, how long and how large it was.
/// Of an address its route's template, of a document its kind and name: neither has a word of what people write.
/// </summary>
internal sealed partial class RequestLog : IStartupFilter, IDisposable
{
    private const string Health = "/health";

    private readonly ILogger<RequestLog> _logger;

    /// <summary>Has the framework give each request its trace, whose id is the request's, also where nobody collects traces.</summary>
    private readonly ActivityListener _traces = new()
    {
        ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        SampleUsingParentId = (ref ActivityCreationOptions<string> _) => ActivitySamplingResult.PropagationData,
    };

    public RequestLog(ILogger<RequestLog> logger)
    {
        _logger = logger;
        ActivitySource.AddActivityListener(_traces);
    }

    public void Dispose() => _traces.Dispose();

    /// <summary>Around all else, so that the refusals of the framework itself are seen.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, then) => _logger.IsEnabled(LogLevel.Warning) ? NoteAsync(http, then) : then(http));
        next(app);
    };

    private async Task NoteAsync(HttpContext http, RequestDelegate next)
    {
        var line = new RequestLine();
        var request = CountedRequest.In(http);
        var body = new CountedBody(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        http.Features.Set(line);
        http.Features.Set<IHttpResponseBodyFeature>(body);
        // The activity is the server's own and over when this is.
        var id = RequestId.Of(http);
        var since = Stopwatch.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            Write(http, line, id, Stopwatch.GetElapsedTime(since), request?.Received, line.Sent + body.Sent);
        }
    }

    private void Write(HttpContext http, RequestLine line, string id, TimeSpan took, long? counted, long sent)
    {
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        var status = http.Response.StatusCode;
        var level = Level(status, line, route);
        if (!_logger.IsEnabled(level)) return;
        var method = MethodOf(http);
        var milliseconds = Math.Round(took.TotalMilliseconds, 3);
        var received = line.Received > 0 ? line.Received : http.Request.ContentLength ?? counted ?? 0;
        if (line.CloseCode is { } code)
            LogSocket(level, route, code, milliseconds, line.Operations, line.UserId, received, sent, id);
        else if (line.Operation is { } operation)
            LogOperation(level, method, route, status, milliseconds, line.UserId, received, sent, operation.KindName, operation.Name, line.Error, id);
        else
            LogRequest(level, method, route, status, milliseconds, line.UserId, received, sent, line.Error, id);
    }

    /// <summary>Refused access stands out, and so do our own faults; what asks every second whether we live does not.</summary>
    private static LogLevel Level(int status, RequestLine line, string? route) =>
        status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or >= 500 || line.Error == Codes.Unauthenticated || line.CloseCode is 4401 or 4403
            ? LogLevel.Warning
            : status == StatusCodes.Status200OK && route?.StartsWith(Health, StringComparison.Ordinal) == true ? LogLevel.Debug : LogLevel.Information;

    /// <summary>A method that nobody knows is a word of the caller's.</summary>
    private static string MethodOf(HttpContext http) => http.Request.Method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? http.Request.Method : "other";

    [LoggerMessage(EventId = 1, EventName = "request", Message = "{Method} {Route} {Status} in {Milliseconds} ms; user {User}, {Received} bytes in, {Sent} out, {Error}; request {Request}")]
    private partial void LogRequest(LogLevel level, string method, string? route, int status, double milliseconds, long? user, long received, long sent, string? error, string request);

    [LoggerMessage(EventId = 2, EventName = "operation", Message = "{Method} {Route} {Status} in {Milliseconds} ms; user {User}, {Received} bytes in, {Sent} out, {Kind} {Operation} {Error}; request {Request}")]
    private partial void LogOperation(
        LogLevel level, string method, string? route, int status, double milliseconds, long? user, long received, long sent, string kind, string? operation, string? error, string request);

    [LoggerMessage(EventId = 3, EventName = "socket", Message = "WebSocket {Route} closed with {Status} after {Milliseconds} ms and {Operations} operations; user {User}, {Received} bytes in, {Sent} out; request {Request}")]
    private partial void LogSocket(LogLevel level, string? route, int status, double milliseconds, int operations, long? user, long received, long sent, string request);
}
