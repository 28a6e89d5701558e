using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatService.Tests;

/// <summary>Takes what is exported by OTLP over HTTP and keeps the bytes; names in protobuf are readable as they are.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<(string Signal, string Text)> _received = new();

    private OtlpReceiver(WebApplication server) => _server = server;

    public string Endpoint => _server.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var receiver = new OtlpReceiver(server);
        server.MapPost("/v1/{signal}", receiver.ReceiveAsync);
        await server.StartAsync();
        return receiver;
    }

    /// <summary>All that has come of <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public string Of(string signal) => string.Concat(_received.Where(one => one.Signal == signal).Select(one => one.Text));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<IResult> ReceiveAsync(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        _received.Enqueue((signal, Encoding.UTF8.GetString(body.ToArray())));
        return Results.Bytes([], request.ContentType);
    }
}
