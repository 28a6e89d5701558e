using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ChatService.GraphQL;

/// <summary>A request's body that asks, with each part that comes, whether so much may be held; where not, reading fails with 503.</summary>
internal sealed class MeteredBody(PipeReader body, Func<long, bool> mayHold) : PipeReader, IRequestBodyPipeFeature
{
    public PipeReader Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Check(await body.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!body.TryRead(out result)) return false;
        Check(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private ReadResult Check(ReadResult read)
    {
        if (mayHold(read.Buffer.Length)) return read;
        body.AdvanceTo(read.Buffer.Start);
        throw new BadHttpRequestException("Too many long bodies come at once.", StatusCodes.Status503ServiceUnavailable);
    }
}
