using System.Diagnostics;
using System.Runtime.CompilerServices;
using ChatService.Data;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ChatService.GraphQL;

public static class TelemetryExtensions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>What the instrumentation of requests tells as people have typed it, where they type what belongs elsewhere. The route says enough.</summary>
    private static readonly string[] _typed = ["url.path", "url.query", "url.full", "http.request.method_original", "user_agent.original"];

    /// <summary>
    /// Sends traces, metrics and logs by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set; OpenTelemetry's own variables say how. Where it is
    /// not, not even the libraries are loaded.
    /// </summary>
    public static void AddChatTelemetry(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint])) Export(builder);
    }

    /// <summary>Apart, since a method's libraries are loaded when it is first called.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Export(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        // What comes later counts: the variables once more, which may give it another name.
        .ConfigureResource(resource => resource.AddService("chat-service").AddEnvironmentVariableDetector())
        .WithTracing(traces => traces
            .AddAspNetCoreInstrumentation(requests =>
            {
                requests.Filter = http => !http.Request.Path.StartsWithSegments("/health");
                requests.EnrichWithHttpRequest = (request, _) => Forget(request);
                requests.EnrichWithHttpResponse = (request, _) => Forget(request);
            })
            // What Npgsql.OpenTelemetry would add is this name. SQL has no values in it.
            .AddSource("Npgsql", Telemetry.DataName, Telemetry.EmbeddingsName, OperationTelemetry.Name))
        .WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation()
            .AddMeter("System.Runtime", "Npgsql", Telemetry.DataName, Telemetry.EmbeddingsName, OperationTelemetry.Name))
        .WithLogging(null, logs => logs.IncludeFormattedMessage = true)
        .UseOtlpExporter();

    private static void Forget(Activity request)
    {
        foreach (var tag in _typed) request.SetTag(tag, null);
    }
}
