using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// What a request to the facade holds: the page that it writes, until it asks for the next, or has ended. Whoever does not read a page in
/// <see cref="TransportOptions.AnswerTimeout"/> is let go.
/// </summary>
internal sealed class HeldPage(HttpContext http, TimeSpan patience) : IDisposable
{
    private IDisposable? _held;
    private Timer? _deadline;

    public static HeldPage Of(HttpContext http)
    {
        if (http.Features.Get<HeldPage>() is { } known) return known;
        var page = new HeldPage(http, http.RequestServices.GetRequiredService<IOptions<TransportOptions>>().Value.AnswerTimeout);
        http.Features.Set(page);
        http.Response.RegisterForDispose(page);
        return page;
    }

    /// <summary>What was held before has been written.</summary>
    public void Turn(IDisposable? held)
    {
        Dispose();
        if (held is null) return;
        _held = held;
        _deadline = new Timer(_ => http.Abort(), null, patience, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _deadline?.Dispose();
        _held?.Dispose();
        (_deadline, _held) = (null, null);
    }
}
