using System.Net.Sockets;

namespace ChatService.Tests;

public sealed class UnreachableTests
{
    [Fact]
    public async Task Unreachable_addresses_fail_each_in_its_way()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        using var refusing = Unreachable.Refusing();
        var refused = await FailureOfAsync(refusing.Endpoint);
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);

        var unknown = await FailureOfAsync(Unreachable.UnknownHost);
        Assert.Equal(HttpRequestError.NameResolutionError, unknown.HttpRequestError);

        var withoutTls = await FailureOfAsync(Unreachable.WithoutTls(provider));
        Assert.Equal(HttpRequestError.SecureConnectionError, withoutTls.HttpRequestError);

        using var hanging = await Unreachable.HangingAsync();
        using var impatient = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        var timeout = await Assert.ThrowsAsync<TaskCanceledException>(() => impatient.GetAsync(hanging.Endpoint));
        Assert.IsType<TimeoutException>(timeout.InnerException);
    }

    private static async Task<HttpRequestException> FailureOfAsync(Uri address)
    {
        using var http = new HttpClient();
        return await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(address));
    }
}
