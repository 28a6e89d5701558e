using ChatService.Data;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Bounds what long bodies may hold together, from their headers until their answer begins: those of one address, and all. A body counts
/// by the length that it says, else by what has come of it, as a socket's message does. Short ones are as many as the requests or sockets
/// that are let in, and are not counted.
/// </summary>
public sealed class BodyLimits(IOptions<TrafficLimits> limits, IOptions<TransportOptions> transport, LimitTelemetry telemetry)
{
    private const int Short = 16 * 1024;

    private readonly Dictionary<string, long> _ofAddresses = [];
    private long _inAll;

    /// <summary>Bytes that are held now.</summary>
    public long Held => Interlocked.Read(ref _inAll);

    /// <summary>Counts a request's body. It gives its place back by itself.</summary>
    /// <returns>Whether it may be read.</returns>
    public bool TryEnter(HttpContext http)
    {
        var place = Open(Caller.AddressOf(http));
        if (http.Request.ContentLength is { } length)
        {
            if (!place.TryGrow(Math.Min(length, transport.Value.MaxMessageBytes))) return false;
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
    internal Place Open(string address) => new(this, address);

    private bool TryCount(string address, long more, long already)
    {
        lock (_ofAddresses)
        {
            var held = _ofAddresses.GetValueOrDefault(address);
            // One alone is let in, however small the limits are.
            if ((held > already && held + more > limits.Value.BodyBytesPerAddress) || (_inAll > already && _inAll + more > limits.Value.BodyBytes))
            {
                telemetry.Hit("bodies");
                return false;
            }

            Count(address, more);
            return true;
        }
    }

    private void Count(string address, long change)
    {
        _inAll += change;
        if (_ofAddresses.GetValueOrDefault(address) + change is > 0 and var held) _ofAddresses[address] = held;
        else _ofAddresses.Remove(address);
    }

    /// <summary>What one body holds.</summary>
    internal sealed class Place(BodyLimits limits, string address)
    {
        private readonly Lock _lock = new();
        private long _bytes;
        private bool _isOver;

        /// <returns>Whether it may hold so many bytes.</returns>
        public bool TryGrow(long to)
        {
            if (to <= Short) return true;
            lock (_lock)
            {
                if (to <= _bytes || _isOver) return true;
                if (!limits.TryCount(address, to - _bytes, _bytes)) return false;
                _bytes = to;
                return true;
            }
        }

        public void GiveBack()
        {
            lock (_lock)
            {
                if (_isOver) return;
                _isOver = true;
                lock (limits._ofAddresses) limits.Count(address, -_bytes);
            }
        }
    }
}
