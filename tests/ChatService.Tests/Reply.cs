using System.Text;

namespace ChatService.Tests;

/// <summary>
/// What a <see cref="ScriptedProvider"/> does with one request, step by step. A reply that is not told otherwise ends
/// as a good one does: a finish reason, the usage if it was asked for, <c>[DONE]</c>. In a whole (not streamed) answer
/// the texts are joined.
/// </summary>
public sealed class Reply
{
    private readonly List<Step> _steps = [];

    /// <summary>Null ends without one, as a stream does that was cut off.</summary>
    public string? FinishReason { get; private set; } = "stop";

    public (int Input, int Output)? Tokens { get; private set; } = (12, 34);

    public int Status { get; private set; } = 200;

    /// <summary>The <c>Retry-After</c> header.</summary>
    public string? RetryAfter { get; private set; }

    /// <summary>What a failure says; null for what OpenAI says.</summary>
    public string? Body { get; private set; }

    /// <summary>What is written at once, in bytes; a small number cuts lines, JSON and UTF-8 sequences anywhere.</summary>
    public int SliceBytes { get; private set; } = int.MaxValue;

    /// <summary>Whether the good end is written after the last step.</summary>
    public bool Ends { get; private set; } = true;

    internal IReadOnlyList<Step> Steps => _steps;

    public static Reply Of(params IEnumerable<string> pieces) => new Reply().Text(pieces);

    /// <summary>An error before anything was said.</summary>
    public static Reply Failure(int status, string? retryAfter = null, string? body = null) => new() { Status = status, RetryAfter = retryAfter, Body = body };

    /// <summary>Each piece is a chunk of its own.</summary>
    public Reply Text(params IEnumerable<string> pieces)
    {
        _steps.AddRange(pieces.Select(piece => new Step.Say(piece)));
        return this;
    }

    /// <summary>Says one piece after each interval, made when it is due, as models do that take their time.</summary>
    public Reply Paced(TimeSpan interval, int count, Func<int, string> piece)
    {
        _steps.AddRange(Enumerable.Range(0, count).Select(i => new Step.Tell(interval * (i + 1), () => piece(i))));
        return this;
    }

    /// <summary>Sends the headers and the role chunk that otherwise go with the first text.</summary>
    public Reply Begin() => Add(new Step.Say(""));

    /// <summary>Waits, sending nothing, until the gate is opened or the client leaves.</summary>
    public Reply Wait(Gate gate) => Add(new Step.Wait(gate));

    /// <summary>Sends these bytes as they are, such as half a chunk, <c>{}</c> or an error event.</summary>
    public Reply Raw(string text) => Add(new Step.Raw(Encoding.UTF8.GetBytes(text)));

    /// <summary>An error in the midst of the stream, as servers send it after their 200.</summary>
    public Reply ErrorEvent() => Raw("data: {\"error\":{\"message\":\"The server had an error\",\"type\":\"server_error\"}}\n\n").Stop();

    /// <summary>Closes the connection: after what was sent, in the midst of the response, or without any.</summary>
    public Reply Cut() => Add(new Step.Cut()).Stop();

    /// <summary>Ends the response properly, but says nothing further: neither finish reason nor usage nor <c>[DONE]</c>.</summary>
    public Reply Stop() => Set(() => Ends = false);

    /// <summary><c>length</c>, <c>content_filter</c>, an unknown one, or null for none before <c>[DONE]</c>.</summary>
    public Reply Finish(string? reason) => Set(() => FinishReason = reason);

    public Reply Usage(int input, int output) => Set(() => Tokens = (input, output));

    public Reply NoUsage() => Set(() => Tokens = null);

    public Reply InSlicesOf(int bytes) => Set(() => SliceBytes = bytes);

    private Reply Add(Step step) => Set(() => _steps.Add(step));

    private Reply Set(Action change)
    {
        change();
        return this;
    }

    internal abstract record Step
    {
        public sealed record Say(string Text) : Step;

        /// <param name="At">Since the reply was begun.</param>
        /// <param name="Text">What is said then.</param>
        public sealed record Tell(TimeSpan At, Func<string> Text) : Step;

        public sealed record Wait(Gate Gate) : Step;

        public sealed record Raw(byte[] Bytes) : Step;

        public sealed record Cut : Step;
    }
}
