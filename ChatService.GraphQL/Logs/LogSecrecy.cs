using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Silences the framework's loggers that write down what a request says, whatever the configuration wants: addresses with their query,
/// which can be a search text, paths, where people type what belongs elsewhere, and lines that are no HTTP, such as a broken header with a
/// token in it.
/// </summary>
internal sealed class LogSecrecy : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly (string Category, LogLevel Level)[] _telling =
    [
        // None, and so without its scope, which has the path. That each request has a trace is RequestLog's doing.
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Critical),
        ("Microsoft.AspNetCore.Routing", LogLevel.Warning),
        ("Microsoft.AspNetCore.StaticFiles", LogLevel.Warning),
        // These tell the values of parameters that are none, origins and host names.
        ("Microsoft.AspNetCore.Http.RequestDelegateFactory", LogLevel.Warning),
        ("Microsoft.AspNetCore.Cors", LogLevel.Warning),
        ("Microsoft.AspNetCore.HostFiltering", LogLevel.Warning),
    ];

    /// <summary>The last of equal rules holds; those for one provider go before those for all, so each gets its own.</summary>
    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        // A rule for a part of such a category would be closer, and win.
        var closer = options.Rules.Where(rule => rule.CategoryName is { } category && _telling.Any(telling => category.StartsWith(telling.Category, StringComparison.OrdinalIgnoreCase)));
        foreach (var rule in closer.ToList()) options.Rules.Remove(rule);
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
            foreach (var (category, level) in _telling) options.Rules.Add(new LoggerFilterRule(provider, category, level, null));
    }
}
