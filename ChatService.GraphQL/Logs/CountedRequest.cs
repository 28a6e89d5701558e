using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ChatService.GraphQL;

/// <summary>The body of a request that does not say how long it is: counts what has come of it when somebody reads it.</summary>
internal sealed class CountedRequest(PipeReader body) : PipeReader, IRequestBodyPipeFeature
{
    private ReadOnlySequence<byte> _buffer;
    private long _consumed;

    public long Received { get; private set; }

    public PipeReader Reader => this;

    /// <returns>Null for a request that says its length, or has none.</returns>
    public static CountedRequest? In(HttpContext http)
    {
        if (http.Request.ContentLength is not null || http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }) return null;
        var counted = new CountedRequest(http.Request.BodyReader);
        http.Features.Set<IRequestBodyPipeFeature>(counted);
        return counted;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Count(await body.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!body.TryRead(out result)) return false;
        Count(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _buffer.Slice(0, consumed).Length;
        _buffer = default;
        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private ReadResult Count(ReadResult read)
    {
        _buffer = read.Buffer;
        Received = _consumed + _buffer.Length;
        return read;
    }
}
