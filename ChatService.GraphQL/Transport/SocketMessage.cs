using System.Buffers;
using System.Text.Json;

namespace ChatService.GraphQL;

/// <summary>A message of a client, read as strictly as the protocol asks: whatever is not one closes the socket with 4400.</summary>
internal sealed record SocketMessage(string Type, string? Id, JsonElement? Payload, OperationRequest? Request)
{
    /// <summary>The token of connection_init; "" for one that is no string, so that it is refused; null without one.</summary>
    public string? Authorization
    {
        get
        {
            foreach (var member in Payload?.EnumerateObject() ?? default)
            {
                if (member.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind != JsonValueKind.Null)
                    return member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : "";
            }
            return null;
        }
    }

    /// <returns>Null if it is no message of graphql-transport-ws; <paramref name="fault"/> then says why.</returns>
    public static SocketMessage? Read(ReadOnlyMemory<byte> text, out string? fault)
    {
        fault = "Invalid message";
        try
        {
            using var document = JsonDocument.Parse(new ReadOnlySequence<byte>(text), RequestJson.Options);
            return Read(document.RootElement, ref fault);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SocketMessage? Read(JsonElement root, ref string? fault)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
            return null;
        var id = root.TryGetProperty("id", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        JsonElement? payload = root.TryGetProperty("payload", out value) && value.ValueKind != JsonValueKind.Null ? value.Clone() : null;
        switch (type.GetString())
        {
            case "connection_init" or "ping" or "pong" when payload is null or { ValueKind: JsonValueKind.Object }:
                CheckText(payload);
                return new SocketMessage(type.GetString()!, id, payload, null);
            case "complete" when !string.IsNullOrEmpty(id):
                return new SocketMessage(type.GetString()!, id, payload, null);
            case "subscribe" when !string.IsNullOrEmpty(id) && payload is { } asked:
                if (RequestJson.Read(asked, out var request) is not { } refused)
                    return new SocketMessage("subscribe", id, null, request);
                fault = refused.Errors[0].Message;
                return null;
            default:
                return null;
        }
    }

    /// <summary>The parser looks only at strings that are asked for, so half a surrogate pair would be found out by whoever reads or echoes it.</summary>
    /// <exception cref="InvalidOperationException">A name or a value somewhere is no Unicode.</exception>
    private static void CheckText(JsonElement? payload)
    {
        using var nowhere = new Utf8JsonWriter(Stream.Null);
        payload?.WriteTo(nowhere);
    }
}
