using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatService.Data;

/// <summary>
/// Stands between the SDK and the provider: writes requests as this server reads them, knows each failure by what happened on the wire
/// (the SDK reports half of them as a normal end), and makes the one more try where not a byte of an answer had come.
/// </summary>
internal sealed class ProviderHandler(ModelOptions model, TimeProvider time) : DelegatingHandler
{
    private const string CompletionTokens = "max_completion_tokens";
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    private readonly string _maxTokens = model.MaxTokensField ?? (IsOpenAI(model.Endpoint) ? CompletionTokens : "max_tokens");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not null) request.Content = await WriteAsync(request.Content, cancellationToken);
        for (var last = false; ; last = true)
        {
            TimeSpan wait;
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    response.Content = new ProviderStreamContent(response.Content);
                    return response;
                }

                wait = WaitAfter(response);
                var fault = new ProviderException(CodeOf(response.StatusCode), null, (int)response.StatusCode);
                response.Dispose();
                if (last || !IsPassing(response.StatusCode) || wait > _longestRetryAfter) throw fault;
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Cancelled, but not by us: the connection's own deadline.
                if (last) throw new ProviderException(CompletionErrorCode.ProviderUnavailable, fault);
                wait = TimeSpan.Zero;
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private static bool IsOpenAI(Uri? endpoint) =>
        endpoint is null || endpoint.Host is "api.openai.com" || endpoint.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase);

    private static bool IsPassing(HttpStatusCode status) => status
        is HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static CompletionErrorCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => CompletionErrorCode.ProviderUnavailable,
        HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => CompletionErrorCode.ProviderTimeout,
        _ => CompletionErrorCode.ProviderError,
    };

    private TimeSpan WaitAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } moment } => moment > time.GetUtcNow() ? moment - time.GetUtcNow() : TimeSpan.Zero,
        _ => _pause,
    };

    private async Task<HttpContent> WriteAsync(HttpContent content, CancellationToken ct)
    {
        var body = JsonNode.Parse(await content.ReadAsByteArrayAsync(ct))!.AsObject();
        if (_maxTokens != CompletionTokens && body.Remove(CompletionTokens, out var limit)) body[_maxTokens] = limit;
        if (!model.AsksForUsage) body.Remove("stream_options");
        var bytes = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        bytes.Headers.ContentType = content.Headers.ContentType;
        return bytes;
    }
}
