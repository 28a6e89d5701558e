using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ChatService.GraphQL;

/// <summary>A response's body that knows how many bytes were written to it, by whichever of its doors.</summary>
internal sealed class CountedBody(IHttpResponseBodyFeature body) : PipeWriter, IHttpResponseBodyFeature
{
    private Stream? _stream;

    public long Sent { get; private set; }

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => body.Writer.CanGetUnflushedBytes;

    public override long UnflushedBytes => body.Writer.UnflushedBytes;

    public void DisableBuffering() => body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await body.SendFileAsync(path, offset, count, cancellationToken);
        Sent += count ?? (new FileInfo(path).Length - offset);
    }

    Task IHttpResponseBodyFeature.CompleteAsync() => body.CompleteAsync();

    public override void Advance(int bytes)
    {
        Sent += bytes;
        body.Writer.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => body.Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => body.Writer.GetSpan(sizeHint);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Sent += source.Length;
        return body.Writer.WriteAsync(source, cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => body.Writer.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => body.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => body.Writer.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => body.Writer.CompleteAsync(exception);
}
