using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using ChatService.Data;
using ChatService.GraphQL;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ChatService.Tests;

/// <summary>What the service tells whoever operates it, and what it never tells.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private const string Canary = "zanzibarcanary";
    private TestDatabase _database = null!;
    private ScriptedProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Postgres);
        _provider = await ScriptedProvider.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task By_OTLP_go_traces_metrics_and_logs_without_what_was_said()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            // On a machine that has much else to do.
            ["Transport:OperationTimeout"] = "00:02:00",
            ["Embeddings:Provider"] = "openai",
            ["Embeddings:Endpoint"] = _provider.Endpoint.AbsoluteUri,
            ["Embeddings:ModelId"] = "embedder",
            ["Limits:Streams"] = "2",
        };
        await using var service = await ChatProcess.StartAsync(_database, _provider, settings);
        Assert.Contains("OpenTelemetry", service.MappedFiles, StringComparison.Ordinal);
        await TalkAsync(service.Address);

        string[] traces =
        [
            "chat-service", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.usage.input_tokens",
            "gen_ai.usage.output_tokens", "gen_ai.response.finish_reasons", "graphql.operation.type", "subscription", "mutation", "http.route", "postgresql", "embeddings embedder",
        ];
        string[] metrics =
        [
            "gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk", "gen_ai.client.token.usage", "chat.completions.running",
            "chat.delta.delay", "chat.index.backlog", "chat.limits.hit", "http.server.request.duration", "dotnet.gc.collections",
        ];
        await Eventually.GetAsync(
            () => Task.FromResult(string.Join(' ', [.. Missing("traces", traces), .. Missing("metrics", metrics), .. Missing("logs", ["documented mode"])])),
            missing => missing.Length == 0);
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        foreach (var signal in (string[])["traces", "metrics", "logs"])
            Assert.DoesNotContain(Canary, receiver.Of(signal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Canary, service.Output, StringComparison.OrdinalIgnoreCase);

        IEnumerable<string> Missing(string signal, string[] names) => names.Where(name => !receiver.Of(signal).Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_endpoint_no_library_for_it_is_loaded()
    {
        await using var service = await ChatProcess.StartAsync(_database, _provider);
        await TalkAsync(service.Address);
        Assert.Contains("ChatService.GraphQL", service.MappedFiles, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", service.MappedFiles, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_answer_is_measured_and_each_refusal_counted()
    {
        var model = $"measured-{Guid.NewGuid():N}";
        await using var app = ChatApp.Start(
            _database,
            _provider,
            new Dictionary<string, string?>
            {
                ["Completions:Models:0:Name"] = model,
                ["Limits:Enabled"] = "true",
                ["Limits:StreamsPerUser"] = "1",
                ["Completions:MaximumRunning"] = "1",
                ["Completions:TitleModel"] = model,
            });
        var measured = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var meters = Listen(app.Services.GetRequiredService<IMeterFactory>(), measured);
        var activities = new ConcurrentQueue<Activity>();
        using var listener = Listen(activities);

        using var ada = await Person.SignUpAsync(app.Address, "ada");
        var conversation = await ada.CreateConversationAsync();
        var gate = new Gate();
        _provider.Answer(Reply.Of("One ").Wait(gate).Text("two ", "three.").Usage(7, 5));
        _provider.Answer(Reply.Of("Counting").Usage(3, 1));
        var started = (await ada.StartAsync(conversation, "Count.")).GetProperty("completion").GetProperty("id").GetString()!;
        await using var events = ada.EventsAsync(started).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await gate.Reached;
        Assert.Equal(1, Sum("chat.completions.running"));
        // One more of each is one too many.
        var busy = await ada.GraphQL.RunAsync(
            "mutation($input: StartCompletionInput!) { startCompletion(input: $input) { errors { code } } }",
            new { input = new { conversationId = await ada.CreateConversationAsync(), content = "And more." } });
        Assert.Equal(["OVERLOADED"], busy.Codes);
        ada.Http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        using (var refused = await ada.Http.PostAsJsonAsync("/graphql", new { query = "subscription { changes { kind } }" }))
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        gate.Open();
        while (await events.MoveNextAsync())
        {
            // To the end.
        }

        await Eventually.HoldsAsync(() => Task.FromResult(Sum("chat.completions.running") == 0));
        // Its title has been paid for as well.
        await Eventually.HoldsAsync(() => Task.FromResult(Count("gen_ai.client.operation.duration") == 2));
        Assert.Equal(2, Count("gen_ai.client.operation.time_to_first_chunk"));
        await Eventually.HoldsAsync(() => Task.FromResult(Sum("gen_ai.client.token.usage") == 12 + 4));
        Assert.InRange(Count("chat.delta.delay"), 1, 3);
        Assert.All(measured.Where(m => m.Name == "chat.delta.delay"), m => Assert.InRange(m.Value, 0, 30));
        Assert.Equal(["completions", "streams"], measured.Where(m => m.Name == "chat.limits.hit").Select(m => m.Tags.Split('=')[1]).Order());
        // The indexer counts at its next look.
        await Eventually.HoldsAsync(() =>
        {
            meters.RecordObservableInstruments();
            return Task.FromResult(Count("chat.index.backlog") > 0);
        });

        await Eventually.HoldsAsync(() => Task.FromResult(activities.Count(activity => Equals(activity.GetTagItem("chat.model"), model)) == 2));
        var answer = Assert.Single(activities, activity => Equals(activity.GetTagItem("chat.model"), model) && activity.GetTagItem("gen_ai.conversation.id") is not null);
        Assert.Equal(("chat scripted", ActivityKind.Client, "scripted"), (answer.DisplayName, answer.Kind, answer.GetTagItem("gen_ai.request.model")));
        Assert.All(measured.Where(m => m.Name.StartsWith("gen_ai.", StringComparison.Ordinal)), m => Assert.Contains($"gen_ai.request.model=scripted chat.model={model}", m.Tags, StringComparison.Ordinal));
        Assert.Equal((7, 5), (answer.GetTagItem("gen_ai.usage.input_tokens"), answer.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal(["stop"], Assert.IsType<string[]>(answer.GetTagItem("gen_ai.response.finish_reasons")));
        Assert.Contains(activities, activity => activity.TraceId == answer.TraceId && activity.DisplayName == "mutation");

        double Sum(string name) => measured.Where(m => m.Name == name).Sum(m => m.Value);
        int Count(string name) => measured.Count(m => m.Name == name);
    }

    [Fact]
    public async Task A_failure_is_told_by_the_code_that_clients_see()
    {
        var model = $"failing-{Guid.NewGuid():N}";
        await using var app = ChatApp.Start(_database, _provider, new Dictionary<string, string?> { ["Completions:Models:0:Name"] = model });
        var measured = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var meters = Listen(app.Services.GetRequiredService<IMeterFactory>(), measured);
        var activities = new ConcurrentQueue<Activity>();
        using var listener = Listen(activities);
        using var ada = await Person.SignUpAsync(app.Address, "ada");
        _provider.Answer(Reply.Failure(400));
        await ada.CompleteAsync(await ada.CreateConversationAsync(), "Are you there?");
        var duration = Assert.Single(measured, m => m.Name == "gen_ai.client.operation.duration");
        Assert.EndsWith("error.type=PROVIDER_ERROR", duration.Tags, StringComparison.Ordinal);
        var answer = Assert.Single(activities, activity => Equals(activity.GetTagItem("chat.model"), model));
        Assert.Equal("PROVIDER_ERROR", answer.GetTagItem("error.type"));
    }

    [Theory]
    [InlineData(null, null, "chat-service")]
    [InlineData("service.name=talks", null, "talks")]
    [InlineData("service.name=talks", "calls", "calls")]
    public async Task The_service_is_called_as_it_is_told(string? attributes, string? name, string expected)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9",
            ["OTEL_RESOURCE_ATTRIBUTES"] = attributes,
            ["OTEL_SERVICE_NAME"] = name,
        });
        builder.WebHost.UseTestServer();
        builder.AddChatTelemetry();
        await using var app = builder.Build();
        var resource = app.Services.GetRequiredService<TracerProvider>().GetResource();
        Assert.Equal(expected, Assert.Single(resource.Attributes, attribute => attribute.Key == "service.name").Value);
    }

    /// <summary>Everything a person can say, each time with a word that must not come out anywhere else.</summary>
    private async Task TalkAsync(Uri address)
    {
        using var ada = await Person.SignUpAsync(address, "ada");
        var gate = new Gate();
        _provider.Answer(Reply.Of("Nothing ").Wait(gate).Text($"about {Canary}."));
        var conversation = await ada.CreateConversationAsync(Canary, systemPrompt: Canary);
        var completion = (await ada.StartAsync(conversation, $"What of {Canary}?")).GetProperty("completion").GetProperty("id").GetString()!;
        await using (var events = ada.EventsAsync(completion).GetAsyncEnumerator())
        {
            Assert.True(await events.MoveNextAsync());
            gate.Open();
            while (await events.MoveNextAsync())
            {
                // To the end.
            }
        }

        _provider.Answer(Reply.Failure(400));
        await ada.CompleteAsync(conversation, $"{Canary} again?");
        foreach (var path in (string[])[$"/graphql?query={{searchMessages(query:\"{Canary}\"){{nodes{{content}}}}}}", $"/users/1/messages:search?q={Canary}"])
        {
            using var found = await ada.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        }

        // Where two streams are all there may be, one of these is too many.
        var feeds = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ada.Http.PostForEventsAsync("/graphql", JsonContent.Create(new { query = "subscription { changes { kind } }" }))));
        foreach (var feed in feeds) feed.Dispose();

        // What people type in the wrong place.
        foreach (var (method, path) in new[]
        {
            ("GET", $"/users/{Canary}"), ("GET", $"/{Canary}/nowhere"), ("GET", $"/app.js?{Canary}"), ("DELETE", $"/conversations/{Canary}"), (Canary, "/users"), (Canary, $"/{Canary}"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.UserAgent.ParseAdd(Canary);
            using var answer = await ada.Http.SendAsync(request);
            Assert.InRange((int)answer.StatusCode, 200, 499);
        }
    }

    private static MeterListener Listen(IMeterFactory factory, ConcurrentQueue<(string Name, double Value, string Tags)> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name is Telemetry.DataName or OperationTelemetry.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Write(tags))));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Write(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Write(tags))));
        listener.Start();
        return listener;
    }

    private static string Write(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    private static ActivityListener Listen(ConcurrentQueue<Activity> activities)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Telemetry.DataName or OperationTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
