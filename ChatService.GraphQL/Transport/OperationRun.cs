using GraphQL;

namespace ChatService.GraphQL;

/// <summary>What one operation owns while it runs: the services of its caller, its life, and the text that it reads.</summary>
/// <param name="context">What the engine knows of it.</param>
/// <param name="scope">Its services.</param>
/// <param name="life">Ends what it does.</param>
/// <param name="text">What it reads.</param>
/// <param name="stream">Its place among the streams, if it has one.</param>
public sealed class OperationRun(OperationContext context, AsyncServiceScope scope, CancellationTokenSource life, TextHold text, StreamLease? stream) : IAsyncDisposable
{
    internal static readonly OperationStrategy Answers = new();
    internal static readonly StreamStrategy Streams = new(Answers);

    private bool _isTextKept;

    public OperationContext Context => context;

    public CancellationTokenSource Life => life;

    public TextHold Text => text;

    /// <summary>Runs it to its answer.</summary>
    public Task<ExecutionResult> ExecuteAsync()
    {
        text.Listen();
        return Answers.ExecuteAsync(context);
    }

    /// <summary>Opens its source.</summary>
    /// <returns>Null if that failed; the context then holds the error.</returns>
    public Task<IAsyncEnumerable<ExecutionResult>?> OpenAsync()
    {
        text.Listen();
        return Streams.OpenAsync(context);
    }

    /// <returns>The text, which outlives the operation until its answer is written; to be disposed of then.</returns>
    public IDisposable KeepText()
    {
        _isTextKept = true;
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
            await life.CancelAsync();
        context.Dispose();
        await scope.DisposeAsync();
        stream?.Dispose();
        if (!_isTextKept)
            text.Dispose();
        life.Dispose();
    }
}
