namespace ChatService.Rest;

/// <summary>How a completion ended: with a reason to stop, or with a problem.</summary>
internal readonly record struct CompletionEnd(string? FinishReason, Problem? Problem)
{
    public static CompletionEnd Of(Node completion) => completion.Text("status") switch
    {
        "COMPLETED" => new(Reason(completion), null),
        "CANCELLED" => new(null, new Problem(ProblemCode.CompletionCancelled)),
        // Still running: the host has stopped waiting for it, which it does only when it stops.
        "INTERRUPTED" or "RUNNING" => new(null, new Problem(ProblemCode.ShuttingDown)),
        "FAILED" => new(null, Cause(completion.Child("error"))),
        var other => throw new InvalidOperationException($"A completion cannot end as {other}."),
    };

    private static string Reason(Node completion) => completion.TextOrNull("finishReason") switch
    {
        "LENGTH" => "length",
        "CONTENT_FILTER" => "content_filter",
        _ => "stop",
    };

    private static Problem Cause(Node error) => Problems.From(error.Text("code"), error.Text("message"));
}
