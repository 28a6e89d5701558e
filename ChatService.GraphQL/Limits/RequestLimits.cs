using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>How often a caller may ask: a user by who they are, anybody else by their address.</summary>
public sealed class RequestLimits(IOptions<TrafficLimits> options, LimitTelemetry telemetry, TimeProvider time)
{
    private readonly TokenBuckets<long> _users =
        new(options.Value.RequestsPerUser, options.Value.RequestPerUserRefill, options.Value.TrackedKeys, time);

    private readonly TokenBuckets<string> _addresses =
        new(options.Value.RequestsPerAddress, options.Value.RequestPerAddressRefill, options.Value.TrackedKeys, time);

    public bool AreOn { get; } = options.Value.Enabled;

    /// <summary>Counts a request, or an operation of a WebSocket.</summary>
    /// <returns>Null if it may go on.</returns>
    public Refused? Refuse(Caller caller)
    {
        return RefuseFurther(caller, 1);
    }

    /// <summary>Counts what one request asks for besides: each field of a mutation is a write of its own.</summary>
    /// <returns>Null if it may go on.</returns>
    public Refused? RefuseFurther(Caller caller, int count)
    {
        if (!AreOn || count <= 0) return null;
        return Refuse(caller.UserId is { } user ? _users.Take(user, count) : _addresses.Take(caller.Address, count));
    }

    /// <summary>As <see cref="Refuse(Caller)"/>, for whom it is not known yet; only those who are refused are counted.</summary>
    public Refused? RefuseAhead(Caller stranger) => AreOn ? Refuse(_addresses.Peek(stranger.Address)) : null;

    private Refused? Refuse(TimeSpan? wait)
    {
        if (wait is null) return null;
        telemetry.Hit("requests");
        return Refused.Request(StatusCodes.Status429TooManyRequests, Codes.RateLimited, "Too many requests. Wait a little.", wait);
    }
}
