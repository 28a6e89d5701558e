using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ChatService.Tests;

/// <summary>Reads along everything that is logged: messages, their values, scopes and exceptions.</summary>
internal sealed class CapturedLog : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _entries = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyCollection<string> Entries => _entries;

    public ILogger CreateLogger(string categoryName) => new Reader(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private static string Write(object? state) => state is IEnumerable<KeyValuePair<string, object?>> values
        ? $"{state} [{string.Join(", ", values.Select(value => $"{value.Key}={value.Value}"))}]"
        : $"{state}";

    private sealed class Reader(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<string> scopes = [];
            log._scopes.ForEachScope((scope, all) => all.Add(Write(scope)), scopes);
            log._entries.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {Write(state)} {string.Join(" => ", scopes)} {exception}");
        }
    }
}
