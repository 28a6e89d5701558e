using ChatService.Data;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Bounds what long bodies may hold together, from their headers until their answer begins: those of one address, and all. Short ones
/// are as many as the requests that are let in, and are not counted.
/// </summary>
public sealed class BodyLimits(IOptions<TrafficLimits> limits, IOptions<TransportOptions> transport, LimitTelemetry telemetry)
{
    private const int Short = 16 * 1024;

    private readonly Dictionary<string, long> _ofAddresses = [];
    private long _inAll;

    /// <summary>Counts a request's body, by its whole length or the greatest that it may have.</summary>
    /// <returns>Whether it may be read. It gives its place back by itself.</returns>
    public bool TryEnter(HttpContext http)
    {
        var length = Math.Min(http.Request.ContentLength ?? GreatestOf(http), transport.Value.MaxMessageBytes);
        if (length <= Short) return true;
        var address = Caller.AddressOf(http);
        lock (_ofAddresses)
        {
            var held = _ofAddresses.GetValueOrDefault(address);
            // One alone is let in, however small the limits are.
            if ((held > 0 && held + length > limits.Value.BodyBytesPerAddress) || (_inAll > 0 && _inAll + length > limits.Value.BodyBytes))
            {
                telemetry.Hit("bodies");
                return false;
            }

            Count(address, length);
        }

        var isHeld = 1;
        http.Response.OnStarting(GiveBackAsync);
        // For what is never answered.
        http.Response.OnCompleted(GiveBackAsync);
        return true;

        Task GiveBackAsync()
        {
            if (Interlocked.Exchange(ref isHeld, 0) == 0) return Task.CompletedTask;
            lock (_ofAddresses) Count(address, -length);
            return Task.CompletedTask;
        }
    }

    private static long GreatestOf(HttpContext http) =>
        http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } ? long.MaxValue : 0;

    private void Count(string address, long change)
    {
        _inAll += change;
        if (_ofAddresses.GetValueOrDefault(address) + change is > 0 and var held) _ofAddresses[address] = held;
        else _ofAddresses.Remove(address);
    }
}
