using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using GraphQL;

namespace ChatService.GraphQL;

/// <summary>
/// Reads a request out of JSON, by hand: the library's converters throw four kinds of exceptions whose messages name .NET types,
/// and take <c>{}</c> for a request.
/// </summary>
public static class RequestJson
{
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Values of variables, and of extensions, that are read: each becomes an object many times as large as its JSON.</summary>
    private const int MaxValues = 10_000;

    private static readonly Refused _malformed = Malformed("The request must be one JSON object without duplicate names, in UTF-8.");

    /// <param name="json">The whole body.</param>
    /// <param name="request">The request, if the result is null.</param>
    /// <returns>Why it is none.</returns>
    public static Refused? Read(ReadOnlySequence<byte> json, out OperationRequest? request)
    {
        request = null;
        try
        {
            // The parser looks only at strings that are asked for; what is no UTF-8 is refused wherever it stands.
            if (!Utf8.IsValid(json.IsSingleSegment ? json.FirstSpan : json.ToArray()))
                return _malformed;
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? Refused.Request(400, Codes.BatchingDisabled, "One request at a time: arrays of requests are not taken.")
                : Read(document.RootElement, out request);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return _malformed;
        }
    }

    public static Refused? Read(JsonElement element, out OperationRequest? request)
    {
        request = null;
        try
        {
            if (element.ValueKind != JsonValueKind.Object)
                return Malformed("The request must be a JSON object.");
            if (!element.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String)
                return Malformed("'query' must be a string.");
            if (!IsStringOrNull(element, "operationName", out var name))
                return Malformed("'operationName' must be a string or null.");
            if (!IsObjectOrNull(element, "variables", out var variables) || !IsObjectOrNull(element, "extensions", out _))
                return Malformed("'variables' and 'extensions' must be objects or null.");
            request = new OperationRequest(query.GetString()!, name, variables);
            return null;
        }
        catch (TooManyValuesException)
        {
            return Malformed($"'variables' and 'extensions' may hold {MaxValues} values each.");
        }
        catch (InvalidOperationException)
        {
            // A string that is no Unicode: bytes that are not UTF-8, or half a surrogate pair.
            return Malformed("The request holds text that is not valid Unicode.");
        }
        catch (NotFiniteNumberException)
        {
            return Malformed("The request holds a number that is too large.");
        }
    }

    /// <summary>Reads the JSON of a query parameter.</summary>
    public static bool TryReadObject(string? json, out Inputs inputs)
    {
        inputs = Inputs.Empty;
        if (string.IsNullOrEmpty(json))
            return true;
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return IsObjectOrNull(document.RootElement, out inputs);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NotFiniteNumberException or ArgumentException or TooManyValuesException)
        {
            return false;
        }
    }

    public static Refused Malformed(string message) => Refused.Request(400, Codes.BadUserInput, message);

    private static bool IsStringOrNull(JsonElement element, string name, out string? text)
    {
        text = null;
        if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;
        if (value.ValueKind != JsonValueKind.String)
            return false;
        text = value.GetString();
        return true;
    }

    private static bool IsObjectOrNull(JsonElement element, string name, out Inputs inputs)
    {
        inputs = Inputs.Empty;
        return !element.TryGetProperty(name, out var value) || IsObjectOrNull(value, out inputs);
    }

    private static bool IsObjectOrNull(JsonElement value, out Inputs inputs)
    {
        inputs = value.ValueKind == JsonValueKind.Object ? new Inputs(new Values().OfObject(value)) : Inputs.Empty;
        return value.ValueKind is JsonValueKind.Object or JsonValueKind.Null;
    }

    // Integers beyond 64 bits become doubles, which no integer type takes: a million digits cost no more than one.
    private static object ToNumber(JsonElement value)
    {
        if (value.TryGetInt32(out var small))
            return small;
        if (value.TryGetInt64(out var large))
            return large;
        return value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw new NotFiniteNumberException();
    }

    private sealed class TooManyValuesException : Exception;

    /// <summary>Plain values of JSON, no more than so many.</summary>
    private sealed class Values
    {
        private int _left = MaxValues;

        public Dictionary<string, object?> OfObject(JsonElement value) => value.EnumerateObject().ToDictionary(p => p.Name, p => Of(p.Value));

        private object? Of(JsonElement value) => --_left < 0 ? throw new TooManyValuesException() : value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(value),
            JsonValueKind.Array => value.EnumerateArray().Select(Of).ToList(),
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => ToNumber(value),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
    }
}
