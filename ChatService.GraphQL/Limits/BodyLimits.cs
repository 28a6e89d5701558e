using ChatService.Data;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Bounds what long bodies may hold together, from their headers until their answer begins: those of one address, and all. A body counts
/// by the length that it says, else by what has come of it, as a socket's message does. Short ones are as many as the requests or sockets
/// that are let in, and are not counted.
/// </summary>
public sealed class BodyLimits
{
    private const int Short = 16 * 1024;

    private readonly HeldBytes _bodies;
    private readonly int _longest;

    public BodyLimits(IOptions<TrafficLimits> limits, IOptions<TransportOptions> transport, LimitTelemetry telemetry)
    {
        _bodies = new HeldBytes(limits.Value.BodyBytesPerAddress, limits.Value.BodyBytes, Short, () => telemetry.Hit("bodies"));
        _longest = transport.Value.MaxMessageBytes;
    }

    /// <summary>Bytes that are held now.</summary>
    public long Held => _bodies.InAll;

    /// <summary>Counts a request's body. It gives its place back by itself.</summary>
    /// <returns>Whether it may be read.</returns>
    public bool TryEnter(HttpContext http)
    {
        var place = Open(Caller.AddressOf(http));
        if (http.Request.ContentLength is { } length)
        {
            if (!place.TryGrow(Math.Min(length, _longest))) return false;
        }
        else if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } && http.Features.Get<IRequestBodyPipeFeature>() is { } body)
        {
            http.Features.Set<IRequestBodyPipeFeature>(new MeteredBody(body.Reader, place.TryGrow));
        }
        else
        {
            return true;
        }

        http.Response.OnStarting(GiveBackAsync);
        // For what is never answered.
        http.Response.OnCompleted(GiveBackAsync);
        return true;

        Task GiveBackAsync()
        {
            place.GiveBack();
            return Task.CompletedTask;
        }
    }

    /// <summary>A place for one message of a socket at this address, which has to be given back.</summary>
    internal HeldBytes.Place Open(string address) => _bodies.Open(address);
}
