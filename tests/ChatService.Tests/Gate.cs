namespace ChatService.Tests;

/// <summary>A place in a script where it waits for the test.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody waits at the gate: all that stands before it has happened.</summary>
    public Task Reached => _reached.Task;

    public void Open() => _opened.TrySetResult();

    internal Task PassAsync(CancellationToken ct)
    {
        _reached.TrySetResult();
        return _opened.Task.WaitAsync(ct);
    }
}
