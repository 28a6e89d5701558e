using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ChatService.Tests;

/// <summary>Messages of a WebSocket that mean no good. None of them may store anything.</summary>
internal static class HostileFrames
{
    private const string Open = "{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ me { id } }\"}}";

    private static readonly string[] _proper = ["4400", "1007", "error", "next"];

    public static IEnumerable<(string What, byte[] Frame)> All()
    {
        foreach (var (what, body) in HostileValues.Broken(Open)) yield return ($"subscribe {what}", body);
        foreach (var value in HostileValues.NoJson.Concat(HostileValues.Json))
        {
            yield return Frame("message", value);
            yield return Frame("type", $$"""{"type":{{value}} }""");
            yield return Frame("id", $$$"""{"id":{{{value}}},"type":"subscribe","payload":{"query":"{ me { id } }"} }""");
            // Of an id that nobody knows it is ignored.
            if (!value.StartsWith('"')) yield return Frame("complete", $$"""{"id":{{value}},"type":"complete"}""");
            yield return Frame("payload", $$"""{"id":"1","type":"subscribe","payload":{{value}} }""");
            foreach (var member in new[] { "query", "operationName", "variables", "extensions" })
                yield return Frame(member, $$$"""{"id":"1","type":"subscribe","payload":{"query":"{ me { id } }","{{{member}}}":{{{value}}} } }""");
        }

        foreach (var depth in new[] { 65, 1_000, 100_000 })
            yield return Frame($"arrays {depth} deep", $$$"""{"id":"1","type":"subscribe","payload":{"query":"{ me { id } }","extensions":{"a":{{{new string('[', depth)}}}{{{new string(']', depth)}}} } } }""");

        static (string, byte[]) Frame(string where, string text) => ($"{where} {text[..Math.Min(text.Length, 60)]}", Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Sends it on a socket of its own.</summary>
    /// <returns>What is wrong with what came of it; null if nothing is.</returns>
    public static async Task<string?> SendAsync(Uri address, string token, byte[] frame)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("graphql-transport-ws");
        await socket.ConnectAsync(new UriBuilder(new Uri(address, "/graphql")) { Scheme = "ws" }.Uri, CancellationToken.None);
        await SayAsync(JsonSerializer.SerializeToUtf8Bytes(new { type = "connection_init", payload = new { Authorization = $"Bearer {token}" } }));
        if (await HearAsync() is not "connection_ack") return "no ack";
        await SayAsync(frame);
        try
        {
            return await HearAsync() is var heard && _proper.Contains(heard) ? null : heard;
        }
        // The server's library hangs up as soon as it has sent 1007, which can be lost then.
        catch (WebSocketException gone) when (gone.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely && !Utf8.IsValid(frame))
        {
            return null;
        }

        Task SayAsync(byte[] message) => socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        // The type of the next message, the code of the close frame, or words that must not be said.
        async Task<string> HearAsync()
        {
            var buffer = new byte[16_384];
            var got = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (got.MessageType == WebSocketMessageType.Close) return $"{(int?)socket.CloseStatus}";
            var text = Encoding.UTF8.GetString(buffer, 0, got.Count);
            return text.Contains("INTERNAL", StringComparison.Ordinal) || text.Contains("System.", StringComparison.Ordinal) ? text
                : JsonDocument.Parse(text).RootElement.GetProperty("type").GetString()!;
        }
    }
}
