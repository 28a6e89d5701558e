using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatService.GraphQL;

/// <summary>
/// Writes errors and values as JSON; <see cref="ResultPieces"/> goes through the executed tree with it. Letters stay letters (no \u00e9), half a surrogate pair becomes U+FFFD,
/// a number that JSON does not know becomes null: what leaves is always valid.
/// </summary>
public static class ResultWriter
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Utf8JsonWriter Open(IBufferWriter<byte> output) => new(output, _options);

    /// <summary>The answer of an operation that did not: never with <c>data</c>.</summary>
    public static void Write(Utf8JsonWriter json, Refused refused, string requestId)
    {
        json.WriteStartObject();
        json.WritePropertyName("errors");
        WriteErrors(json, refused.Errors, requestId);
        json.WriteEndObject();
    }

    public static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<OperationError> errors, string requestId)
    {
        json.WriteStartArray();
        foreach (var error in errors)
        {
            json.WriteStartObject();
            json.WriteString("message", error.Message);
            WriteLocations(json, error);
            if (error.Path?.ToList() is { Count: > 0 } path)
            {
                json.WritePropertyName("path");
                WriteList(json, path);
            }
            json.WriteStartObject("extensions");
            json.WriteString("code", error.Code);
            json.WriteString("requestId", requestId);
            if (error.RetryAfter is { } wait)
                json.WriteNumber("retryAfter", RetryAfter.Seconds(wait));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteLocations(Utf8JsonWriter json, OperationError error)
    {
        if (error.Locations is not { Count: > 0 } locations)
            return;
        json.WriteStartArray("locations");
        foreach (var location in locations)
        {
            json.WriteStartObject();
            json.WriteNumber("line", location.Line);
            json.WriteNumber("column", location.Column);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static void WriteList(Utf8JsonWriter json, IEnumerable values)
    {
        json.WriteStartArray();
        foreach (var value in values)
            WriteValue(json, value);
        json.WriteEndArray();
    }

    internal static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case string text: json.WriteStringValue(text); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case decimal number: json.WriteNumberValue(number); break;
            case null or double or float: json.WriteNullValue(); break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}
