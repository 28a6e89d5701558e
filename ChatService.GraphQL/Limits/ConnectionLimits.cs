using System.Net;
using ChatService.Data;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>Closes a connection that is one too many of its address, before anything of it is read. Known proxies bring everybody's.</summary>
internal sealed class ConnectionLimits(IOptions<TrafficLimits> options, LimitTelemetry telemetry)
{
    private readonly Dictionary<string, int> _open = [];

    private readonly IPNetwork[] _proxies = [.. options.Value.KnownProxies.Select(TrafficLimits.Network).OfType<IPNetwork>()];

    public ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        if (!options.Value.Enabled || connection.RemoteEndPoint is not IPEndPoint { Address: var address } || Array.Exists(_proxies, proxy => proxy.Contains(address)))
        {
            await next(connection);
            return;
        }

        var key = Caller.AddressOf(address);
        if (!TryEnter(key))
        {
            telemetry.Hit("connections");
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(key);
        }
    };

    private bool TryEnter(string address)
    {
        lock (_open)
        {
            var open = _open.GetValueOrDefault(address);
            if (open >= options.Value.ConnectionsPerAddress) return false;
            _open[address] = open + 1;
            return true;
        }
    }

    private void Leave(string address)
    {
        lock (_open)
        {
            if (_open[address] > 1) _open[address]--;
            else _open.Remove(address);
        }
    }
}
