namespace ChatService.Data;

/// <summary>
/// Tells whoever listens how long each message is that is read, at the moment it is read: in what is called from there, and nowhere else. The
/// message's own setter tells it; an interceptor of what is materialized took as long as the reading itself.
/// </summary>
public static class TextMeter
{
    private static readonly AsyncLocal<Action<int>?> _listener = new();

    /// <summary>Hears UTF-16 code units. What it throws ends the reading.</summary>
    public static void Listen(Action<int>? listener) => _listener.Value = listener;

    internal static void Hear(int length) => _listener.Value?.Invoke(length);
}
