using System.Data.Common;
using System.Text.RegularExpressions;
using ChatService.Data;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// What the service refuses to start with outside Development, since people's words are at stake there. Each refusal is a line that says
/// what is expected, and never what was given.
/// </summary>
internal static partial class StartRules
{
    private const int ShortestKey = 16;
    private const int ShortestPassword = 8;

    /// <summary>Switches by which libraries write prompts and answers into traces.</summary>
    private static readonly string[] _contentSwitches =
        ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"];

    /// <summary>By this one the instrumentation of requests writes the query of an address, which can be a search text, into traces.</summary>
    private const string QuerySwitch = "OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION";

    private static readonly string[] _knownPasswords =
        ["password", "password1", "postgres", "changeme", "change-me", "change_me", "chatservice", "12345678", "123456789", "1234567890", "qwertyuiop"];

    /// <exception cref="StartRefusedException">A rule is broken; the message has a line for each.</exception>
    public static void CheckSettings(WebApplication app) => Refuse([.. Secrets(app.Services), .. Logging(app.Services, app.Configuration)]);

    /// <summary>For a database that others look after.</summary>
    /// <inheritdoc cref="CheckSettings"/>
    public static async Task CheckDatabaseAsync(IServiceProvider services, CancellationToken ct)
    {
        await services.CheckChatMigrationsAsync(ct);
        Refuse([.. (await services.FindUndurableSettingsAsync(ct)).Select(setting =>
            $"PostgreSQL's {setting} is off: turn it on, or an acknowledged message can be lost.")]);
    }

    private static void Refuse(string[] broken)
    {
        if (broken.Length > 0)
            throw new StartRefusedException($"The service does not start like this:{Environment.NewLine}{string.Join(Environment.NewLine, broken)}");
    }

    private static IEnumerable<string> Secrets(IServiceProvider services)
    {
        foreach (var (place, model) in services.GetRequiredService<IOptions<CompletionOptions>>().Value.Models.Index())
        {
            if (FaultOfKey(model.ApiKey, model.Endpoint) is { } fault) yield return $"Completions:Models:{place}:ApiKey {fault}";
        }

        var embeddings = services.GetRequiredService<IOptions<EmbeddingOptions>>().Value;
        if (embeddings.Provider == EmbeddingProvider.OpenAI && FaultOfKey(embeddings.ApiKey, embeddings.Endpoint) is { } wrong)
            yield return $"Embeddings:ApiKey {wrong}";

        var database = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        if (database.Provider != DatabaseProvider.Postgres) yield break;
        var settings = new DbConnectionStringBuilder { ConnectionString = database.ConnectionString };
        // Without one there are other ways to be let in; an empty one was meant to be filled in, but is dropped by the builder.
        if (EmptyPassword().IsMatch(database.ConnectionString) || (Value(settings, "Password", "Pwd", "Psw") is { } password && IsWeak(password, settings)))
            yield return $"ConnectionStrings:Chat: the password is empty, well known, the user's name or shorter than {ShortestPassword} characters; give another.";
        if (bool.TryParse(Value(settings, "Include Error Detail", "IncludeErrorDetail"), out var detail) && detail)
            yield return "ConnectionStrings:Chat: Include Error Detail writes stored values into logs; leave it out.";
    }

    private static IEnumerable<string> Logging(IServiceProvider services, IConfiguration configuration)
    {
        // The level of which .NET itself says that it may hold what people wrote, and is not for production.
        var filters = services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value;
        foreach (var category in filters.Rules.Where(rule => rule.LogLevel == LogLevel.Trace).Select(rule => rule.CategoryName ?? "Default").Distinct())
            yield return $"Logging: the level of {category} is Trace, which may write content; the lowest is Debug.";
        if (services.LogsContentOfQueries()) yield return "Entity Framework's sensitive data logging is on; turn it off.";
        foreach (var name in _contentSwitches.Where(name => IsOn(configuration[name])))
            yield return $"{name} writes prompts and answers into traces; leave it out.";
        if (IsOn(configuration[QuerySwitch])) yield return $"{QuerySwitch} writes search texts into traces; leave it out.";
    }

    private static bool IsOn(string? value) => value is "1" || (bool.TryParse(value, out var on) && on);

    private static string? FaultOfKey(string? key, Uri? endpoint) => key switch
    {
        null when endpoint is null => "is missing: the provider's own endpoint asks for one.",
        null => null,
        _ when string.IsNullOrWhiteSpace(key) => "is empty: give the provider's key, or no such setting for a server that asks for none.",
        _ when key.Length < ShortestKey => $"is shorter than {ShortestKey} characters: give the provider's key, or no such setting for a server that asks for none.",
        _ when Placeholder().IsMatch(key) => "is a placeholder: give the provider's key, or no such setting for a server that asks for none.",
        _ => null,
    };

    private static bool IsWeak(string password, DbConnectionStringBuilder settings) =>
        password.Length < ShortestPassword
        || _knownPasswords.Contains(password, StringComparer.OrdinalIgnoreCase)
        || password.Equals(Value(settings, "Username", "User Id", "User"), StringComparison.OrdinalIgnoreCase)
        || Placeholder().IsMatch(password);

    private static string? Value(DbConnectionStringBuilder settings, params string[] names) =>
        names.Select(name => settings.TryGetValue(name, out var value) ? $"{value}" : null).FirstOrDefault(value => value is not null);

    [GeneratedRegex(@"…|\.\.\.|[<>{}]|change[-_ ]?me|place-?holder|(^|[-_ ])your[-_ ]|^(.)\2*$|x{8}", RegexOptions.IgnoreCase)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(^|;)\s*(password|pwd|psw)\s*=\s*(''|"""")?\s*(;|$)", RegexOptions.IgnoreCase)]
    private static partial Regex EmptyPassword();
}
