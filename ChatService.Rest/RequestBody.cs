using System.Buffers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ChatService.Rest;

/// <summary>
/// A JSON object as it was sent, or what is wrong with it. Parameters of its record without a default are needed;
/// members that the record has not are ignored.
/// </summary>
internal abstract class RequestBody
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        MaxDepth = 64,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new TextConverter() },
    };

    public Problem? Problem { get; protected init; }

    protected static async Task<(T? Value, Problem? Problem)> ReadAsync<T>(HttpRequest request) where T : class
    {
        if (!IsPlainJson(request))
            return (null, new Problem(ProblemCode.UnsupportedMediaType));

        var aborted = request.HttpContext.RequestAborted;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        deadline.CancelAfter(request.HttpContext.RequestServices.GetRequiredService<IOptions<RestOptions>>().Value.ReceiveTimeout);
        try
        {
            var bytes = await ReadBytesAsync(request, deadline.Token);
            if (bytes is null)
                return (null, new Problem(ProblemCode.PayloadTooLarge));
            // Members that nobody asks for are not looked at; what is no UTF-8 is refused wherever it stands.
            if (!Utf8.IsValid(bytes))
                return (null, Unreadable(null));
            var type = (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T));
            if (JsonSerializer.Deserialize(bytes, type) is not { } value)
                return (null, Unreadable(null));
            return FindMissing(type, value) is { } member ? (null, Problem.Input(member, "This member is needed.")) : (value, null);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (null, new Problem(ProblemCode.RequestTimeout));
        }
        catch (JsonException fault)
        {
            return (null, Unreadable(MemberOf<T>(fault.Path)));
        }
        catch (BadHttpRequestException fault)
        {
            return (null, new Problem(ProblemCodes.FromStatus(fault.StatusCode)));
        }
        catch (IOException)
        {
            // A chunk whose size is beyond all numbers.
            return (null, Unreadable(null));
        }
    }

    // Exact types: application/problem+json is another language, and so is UTF-16.
    private static bool IsPlainJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.All(encoding => encoding is null or "" or "identity");

    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(ct);
            if (read.Buffer.Length > MaxBytes)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // The serializer can demand members too, but does not tell which one is not there. A number is an id here, and 0 is none.
    private static string? FindMissing(JsonTypeInfo type, object body) =>
        type.Properties.FirstOrDefault(member => member.AssociatedParameter is { HasDefaultValue: false } && member.Get!(body) is null or 0L)?.Name;

    // Only what the record has: another name is the caller's text, of any length.
    private static string? MemberOf<T>(string? path) =>
        path is ['$', '.', .. var name] ? _json.GetTypeInfo(typeof(T)).Properties.FirstOrDefault(member => member.Name == name)?.Name : null;

    private static Problem Unreadable(string? member) => member is not null
        ? Problem.Input(member, "This member is not of the type or form that it must have.")
        : new Problem(ProblemCode.BadUserInput, "The body must be one JSON object.");

    // A lone surrogate is refused by GetString.
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString()!;
            return text.Contains('\0') ? throw new JsonException() : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}

/// <summary>A handler's parameter; with a problem, <see cref="RestExtensions.MapChatRest"/> answers in the handler's place.</summary>
internal sealed class RequestBody<T> : RequestBody, IEndpointParameterMetadataProvider where T : class
{
    private readonly T? _value;

    private RequestBody(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    public T Value => _value ?? throw new InvalidOperationException("The body could not be read.");

    public static async ValueTask<RequestBody<T>> BindAsync(HttpContext http, ParameterInfo _)
    {
        var (value, problem) = await ReadAsync<T>(http.Request);
        return new RequestBody<T>(value, problem);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
