using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Silences the framework's loggers that write down what a request says, whatever the configuration wants: addresses with their query,
/// which can be a search text, and lines that are no HTTP, such as a broken header with a token in it.
/// </summary>
internal sealed class LogSecrecy : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly string[] _telling = ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel.BadRequests"];

    /// <summary>The last of equal rules holds; those for one provider go before those for all, so each gets its own.</summary>
    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
            foreach (var category in _telling)
                // Not None: the first of them also gives each request its scope and its trace, and does so only where it may log at all.
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Critical, null));
    }
}
