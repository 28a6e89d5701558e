using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatService.Data;

/// <summary>Tells whoever listens how long each message is that is read, at the moment it is read: in what is called from there, and nowhere else.</summary>
public static class TextMeter
{
    private static readonly AsyncLocal<Action<int>?> _listener = new();

    internal static IInterceptor Interceptor { get; } = new Reading();

    /// <summary>Hears UTF-16 code units. What it throws ends the reading.</summary>
    public static void Listen(Action<int>? listener) => _listener.Value = listener;

    private sealed class Reading : IMaterializationInterceptor
    {
        public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
        {
            if (entity is Message message) _listener.Value?.Invoke(message.Content.Length);
            return entity;
        }
    }
}
