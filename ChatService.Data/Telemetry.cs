namespace ChatService.Data;

/// <summary>Under which name the service library tells what it does, by the meters and activities of System.Diagnostics.</summary>
public static class Telemetry
{
    /// <summary>The name of its meter and of its activity source.</summary>
    public const string DataName = "ChatService.Data";

    /// <summary>Likewise for calls to an embedding model, told by the library that makes them.</summary>
    public const string EmbeddingsName = "ChatService.Embeddings";

    /// <summary>The counter of what a limit has refused, with the limit's name as <c>chat.limit</c>.</summary>
    public const string LimitsHit = "chat.limits.hit";
}
