using System.Text.Json;

namespace ChatService.GraphQL;

/// <summary>The messages that the server sends.</summary>
internal static class SocketFrames
{
    public static ResultPieces WriteNext(Utf8JsonWriter json, string id, OperationResult result, string requestId)
    {
        WriteStart(json, "next", id);
        json.WritePropertyName("payload");
        return new ResultPieces(json, result, requestId);
    }

    public static void WriteErrors(Utf8JsonWriter json, string id, IReadOnlyList<OperationError> errors, string requestId)
    {
        WriteStart(json, "error", id);
        json.WritePropertyName("payload");
        ResultWriter.WriteErrors(json, errors, requestId);
        json.WriteEndObject();
    }

    public static void WriteMessage(Utf8JsonWriter json, string type, string? id, JsonElement? payload)
    {
        WriteStart(json, type, id);
        if (payload is { } value)
        {
            json.WritePropertyName("payload");
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter json, string type, string? id)
    {
        json.WriteStartObject();
        if (id is not null)
            json.WriteString("id", id);
        json.WriteString("type", type);
    }
}
