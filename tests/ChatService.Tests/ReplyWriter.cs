using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChatService.Tests;

/// <summary>Carries out a <see cref="Reply"/> on one request.</summary>
internal sealed class ReplyWriter(HttpContext context, RecordedRequest request, ConceptEmbedder embedder)
{
    private readonly CancellationToken _aborted = context.RequestAborted;

    public async Task WriteAsync(Reply reply)
    {
        if (reply.Status != 200)
            await FailAsync(reply);
        else if (request is { IsChat: true, Streams: true })
            await StreamAsync(reply);
        else
            await AnswerAsync(reply);
    }

    private async Task FailAsync(Reply reply)
    {
        await RunAsync(reply);
        context.Response.StatusCode = reply.Status;
        if (reply.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds;
        await SendAsync("application/json", reply.Body ?? ChatWire.Error(reply.Status), reply.SliceBytes);
    }

    private async Task StreamAsync(Reply reply)
    {
        await RunAsync(reply, async text =>
        {
            if (!context.Response.HasStarted)
                await WriteEventAsync(ChatWire.Role(request.Model));
            if (text.Length > 0)
                await WriteEventAsync(ChatWire.Delta(request.Model, text));
        });
        if (!reply.Ends)
        {
            // Also a stream without a single event has its headers.
            await context.Response.StartAsync(_aborted);
            return;
        }
        if (!context.Response.HasStarted)
            await WriteEventAsync(ChatWire.Role(request.Model));
        if (reply.FinishReason is { } reason)
            await WriteEventAsync(ChatWire.Finish(request.Model, reason));
        if (reply.Tokens is { } tokens && request.WantsUsage)
            await WriteEventAsync(ChatWire.Usage(request.Model, tokens));
        await WriteEventAsync(ChatWire.Event("[DONE]"));

        Task WriteEventAsync(string text) => SendAsync("text/event-stream", text, reply.SliceBytes);
    }

    private async Task AnswerAsync(Reply reply)
    {
        var text = new StringBuilder();
        await RunAsync(reply, piece =>
        {
            text.Append(piece);
            return Task.CompletedTask;
        });
        if (!reply.Ends)
            return;
        var body = request.IsChat ? ChatWire.Whole(request.Model, text.ToString(), reply.FinishReason, reply.Tokens) : Embeddings();
        await SendAsync("application/json", body, reply.SliceBytes);
    }

    private async Task RunAsync(Reply reply, Func<string, Task>? say = null)
    {
        var clock = Stopwatch.StartNew();
        foreach (var step in reply.Steps)
            switch (step)
            {
                case Reply.Step.Say(var text) when say is not null:
                    await say(text);
                    break;
                case Reply.Step.Tell(var at, var text) when say is not null:
                    if (at - clock.Elapsed is { Ticks: > 0 } early)
                        await Task.Delay(early, _aborted);
                    await say(text());
                    break;
                case Reply.Step.Wait(var gate):
                    await gate.PassAsync(_aborted);
                    break;
                case Reply.Step.Raw(var bytes):
                    await SendAsync(request.Streams ? "text/event-stream" : "application/json", bytes, reply.SliceBytes);
                    break;
                case Reply.Step.Cut:
                    // Once begun, the end is a broken one whatever is thrown, and comes after what was written;
                    // an abort could lose some of that.
                    if (!context.Response.HasStarted)
                        context.Abort();
                    throw new CutException();
            }
    }

    private Task SendAsync(string contentType, string text, int sliceBytes) => SendAsync(contentType, Encoding.UTF8.GetBytes(text), sliceBytes);

    private async Task SendAsync(string contentType, ReadOnlyMemory<byte> bytes, int sliceBytes)
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = contentType;
        for (var written = 0; written < bytes.Length; written += sliceBytes)
        {
            await context.Response.Body.WriteAsync(bytes.Slice(written, Math.Min(sliceBytes, bytes.Length - written)), _aborted);
            await context.Response.Body.FlushAsync(_aborted);
        }
    }

    private string Embeddings()
    {
        var asBase64 = request.Body.TryGetProperty("encoding_format", out var format) && format.GetString() == "base64";
        var dimensions = request.Body.TryGetProperty("dimensions", out var wanted) ? wanted.GetInt32() : ConceptEmbedder.Dimensions;
        return JsonSerializer.Serialize(new
        {
            @object = "list",
            data = request.Inputs.Select((input, index) => new { @object = "embedding", index, embedding = Encode(embedder.Embed(input, dimensions)) }),
            model = request.Model,
            usage = new { prompt_tokens = 8, total_tokens = 8 },
        });

        object Encode(float[] vector) => asBase64 ? Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector)) : vector;
    }

    /// <summary>Makes the server close the connection.</summary>
    internal sealed class CutException : Exception;
}
