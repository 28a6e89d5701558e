using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Whether the providers of answers and of vectors are there, as far as that can be told without paying for a call: their addresses take
/// connections, and no call of the last minute has found them away.
/// </summary>
public sealed class ProviderHealth
{
    private const string OpenAI = "https://api.openai.com";
    private static readonly TimeSpan _goodFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _toConnect = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _remembered = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, long> _foundAway = new();
    private readonly Recent<bool> _areConnecting;
    private readonly TimeProvider _time;

    public ProviderHealth(IOptions<CompletionOptions> completions, IOptions<EmbeddingOptions> embeddings, TimeProvider time)
    {
        _time = time;
        var addresses = completions.Value.Models.Select(model => model.Endpoint)
            .Concat(embeddings.Value.Provider == EmbeddingProvider.OpenAI ? [embeddings.Value.Endpoint] : [])
            .Select(endpoint => endpoint ?? new Uri(OpenAI)).Distinct().ToList();
        _areConnecting = new Recent<bool>(
            async () => (await Task.WhenAll(addresses.Select(TakesConnectionsAsync))).All(takes => takes), _goodFor, time);
    }

    /// <summary>Takes half a second at most.</summary>
    public async Task<bool> AreThereAsync() =>
        !_foundAway.Values.Any(since => _time.GetElapsedTime(since) < _remembered) && await _areConnecting.GetAsync();

    /// <summary>A call has ended: its provider did its work, or was away.</summary>
    internal void Note(string provider, bool isAway)
    {
        if (isAway) _foundAway[provider] = _time.GetTimestamp();
        else _foundAway.TryRemove(provider, out _);
    }

    private async Task<bool> TakesConnectionsAsync(Uri endpoint)
    {
        try
        {
            // Where calls go by a proxy, that is what must be there.
            var address = HttpClient.DefaultProxy.GetProxy(endpoint) ?? endpoint;
            using var deadline = new CancellationTokenSource(_toConnect, _time);
            using var connection = new TcpClient();
            await connection.ConnectAsync(address.DnsSafeHost, address.Port, deadline.Token);
            return true;
        }
        catch (Exception away) when (away is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
