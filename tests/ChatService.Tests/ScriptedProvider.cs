using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatService.Tests;

/// <summary>
/// An OpenAI-compatible server on a port of its own that answers as the test says: first by the rules of
/// <see cref="When"/>, then by what <see cref="Answer(Reply)"/> has queued, then as <see cref="Otherwise"/> says.
/// </summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Reply> _queue = new();
    private readonly List<RecordedRequest> _requests = [];
    private readonly Lock _lock = new();
    private (Func<RecordedRequest, bool> Matches, Reply Reply)[] _rules = [];
    private TaskCompletionSource _arrived = NewSignal();

    private ScriptedProvider(WebApplication server) => _server = server;

    /// <summary>The base address for a client, ending in <c>/v1</c>.</summary>
    public Uri Endpoint => new(_server.Urls.Single() + "/v1");

    public ConceptEmbedder Embedder { get; } = new ConceptEmbedder()
        .Same("umbrella", "umbrellas", "parapluie", "parapluies")
        .Same("car", "cars", "automobile", "voiture", "voitures")
        .Same("invoice", "invoices", "bill", "facture", "factures");

    /// <summary>Answers a chat request for which there is nothing else; by default with the last user message.</summary>
    public Func<RecordedRequest, Reply> Otherwise { get; set; } = request => Reply.Of(request.LastUserMessage);

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get { lock (_lock) return [.. _requests]; }
    }

    public static async Task<ScriptedProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        // Scripts that still wait are not waited for.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        var server = builder.Build();
        var provider = new ScriptedProvider(server);
        server.MapPost("/v1/chat/completions", provider.HandleAsync);
        server.MapPost("/v1/embeddings", provider.HandleAsync);
        await server.StartAsync();
        return provider;
    }

    /// <summary>Answers the next chat request that no rule is for.</summary>
    public Reply Answer(Reply reply)
    {
        _queue.Enqueue(reply);
        return reply;
    }

    public Reply Answer(params IEnumerable<string> pieces) => Answer(Reply.Of(pieces));

    /// <summary>Answers every request of a kind, to the embeddings too, until <see cref="Forget"/>; a later rule goes first.</summary>
    public void When(Func<RecordedRequest, bool> matches, Reply reply)
    {
        lock (_lock) _rules = [(matches, reply), .. _rules];
    }

    /// <summary>Drops all rules and what is queued.</summary>
    public void Forget()
    {
        lock (_lock) _rules = [];
        _queue.Clear();
    }

    /// <summary>The request of this number, the first being 1, as soon as it is there.</summary>
    public async Task<RecordedRequest> RequestAsync(int number)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                if (_requests.Count >= number)
                    return _requests[number - 1];
                arrived = _arrived.Task;
            }
            await arrived;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var request = new RecordedRequest(context.Request.Path, context.Request.Headers, body.RootElement.Clone());
        var reply = Record(request);
        try
        {
            await new ReplyWriter(context, request, Embedder).WriteAsync(reply);
            request.End(aborted: false);
        }
        catch (ReplyWriter.CutException)
        {
            request.End(aborted: false);
            throw;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            request.End(aborted: true);
        }
    }

    private Reply Record(RecordedRequest request)
    {
        (Func<RecordedRequest, bool> Matches, Reply Reply)[] rules;
        lock (_lock)
        {
            _requests.Add(request);
            rules = _rules;
            _arrived.SetResult();
            _arrived = NewSignal();
        }
        if (Array.Find(rules, rule => rule.Matches(request)).Reply is { } reply)
            return reply;
        if (request.IsChat)
            return _queue.TryDequeue(out var queued) ? queued : Otherwise(request);
        return new Reply();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
