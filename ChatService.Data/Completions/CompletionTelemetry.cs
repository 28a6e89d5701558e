using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace ChatService.Data;

/// <summary>
/// What the making of answers tells: an activity for each, and measurements, by OpenTelemetry's conventions for generative AI where they
/// have a name. Never a text, a title or a token.
/// </summary>
/// <seealso href="https://opentelemetry.io/docs/specs/semconv/gen-ai/"/>
public sealed class CompletionTelemetry
{
    private const string Operation = "chat";
    private static readonly ActivitySource _activities = new(Telemetry.DataName);
    private static readonly InstrumentAdvice<double> _seconds =
        new() { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };

    private static readonly InstrumentAdvice<int> _counts =
        new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304] };

    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstChunk;
    private readonly Histogram<double> _delay;
    private readonly Histogram<int> _tokens;
    private readonly UpDownCounter<int> _running;
    private readonly LimitTelemetry _limits;

    public CompletionTelemetry(IMeterFactory meters, LimitTelemetry limits)
    {
        _limits = limits;
        var meter = meters.Create(Telemetry.DataName);
        _duration = meter.CreateHistogram("gen_ai.client.operation.duration", "s", "From the request to the end of the answer.", advice: _seconds);
        _firstChunk = meter.CreateHistogram("gen_ai.client.operation.time_to_first_chunk", "s", "From the request to the answer's first text.", advice: _seconds);
        _tokens = meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of prompts and of answers, as the provider counts them.", advice: _counts);
        _running = meter.CreateUpDownCounter<int>("chat.completions.running", "{completion}", "Answers being made.");
        _delay = meter.CreateHistogram("chat.delta.delay", "s", "From the arrival of a piece of text to its having been written to a watcher.", advice: _seconds);
    }

    /// <summary>An answer begins to be made; disposing what is returned tells that it is no more.</summary>
    internal Call Begin(CompletionRun run)
    {
        _running.Add(1);
        return new Call(this, run.Model, run.Row);
    }

    /// <summary>A model is asked for a title.</summary>
    internal Call BeginTitle(ChatModel model) => new(this, model, null);

    internal void LimitHit() => _limits.Hit("completions");

    /// <summary>A watcher that had been waiting for it has a piece of text that arrived then.</summary>
    internal void Delivered(long arrivedAt)
    {
        if (_delay.Enabled) _delay.Record(Stopwatch.GetElapsedTime(arrivedAt).TotalSeconds);
    }

    /// <summary>One call of a model, from the request to its provider on.</summary>
    internal sealed class Call : IDisposable
    {
        private readonly CompletionTelemetry _telemetry;
        private readonly ChatModel _model;
        private readonly Completion? _row;
        private readonly Activity? _activity;
        private readonly long _since = Stopwatch.GetTimestamp();
        private bool _begun;

        public Call(CompletionTelemetry telemetry, ChatModel model, Completion? row)
        {
            (_telemetry, _model, _row) = (telemetry, model, row);
            _activity = _activities.StartActivity($"{Operation} {model.ModelId}", ActivityKind.Client);
            if (_activity is not { IsAllDataRequested: true } asked) return;
            foreach (var (name, value) in Tags(model)) asked.SetTag(name, value);
            if (row is null) return;
            asked.SetTag("gen_ai.conversation.id", $"{row.ConversationId}")
                .SetTag("gen_ai.request.max_tokens", row.MaxOutputTokens)
                .SetTag("gen_ai.request.temperature", row.Temperature);
        }

        public void Text()
        {
            if (_begun) return;
            _begun = true;
            _telemetry._firstChunk.Record(Stopwatch.GetElapsedTime(_since).TotalSeconds, [.. Tags(_model)]);
        }

        public void End(CompletionEnding ending)
        {
            var error = ending.ErrorCode is { } code ? JsonNamingPolicy.SnakeCaseUpper.ConvertName($"{code}") : null;
            var tags = new TagList([.. Tags(_model)]);
            if (error is not null) tags.Add("error.type", error);
            _telemetry._duration.Record(Stopwatch.GetElapsedTime(_since).TotalSeconds, tags);
            Count("input", ending.InputTokens);
            Count("output", ending.OutputTokens);
            _activity?.SetTag("gen_ai.usage.input_tokens", ending.InputTokens).SetTag("gen_ai.usage.output_tokens", ending.OutputTokens);
            if (ending.FinishReason is { } reason) _activity?.SetTag("gen_ai.response.finish_reasons", new[] { Word(reason) });
            if (error is not null) _activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
            _activity?.Stop();
        }

        public void Dispose()
        {
            _activity?.Dispose();
            if (_row is not null) _telemetry._running.Add(-1);
        }

        private void Count(string kind, int? tokens)
        {
            if (tokens is { } counted) _telemetry._tokens.Record(counted, [.. Tags(_model), new("gen_ai.token.type", kind)]);
        }

        private static string Word(FinishReason reason) => reason switch
        {
            FinishReason.Stop => "stop",
            FinishReason.Length => "length",
            FinishReason.ContentFilter => "content_filter",
            FinishReason.Other => "other",
        };

        private static KeyValuePair<string, object?>[] Tags(ChatModel model) =>
        [
            new("gen_ai.operation.name", Operation),
            new("gen_ai.provider.name", model.Name == OfflineModel.Name ? OfflineModel.Name : "openai"),
            new("gen_ai.request.model", model.ModelId),
            new("chat.model", model.Name),
        ];
    }
}
