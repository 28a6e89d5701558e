using Microsoft.AspNetCore.HostFiltering;

namespace ChatService.GraphQL;

/// <summary>What holds for browsers: which origins may call, and the headers that keep pages from misusing answers.</summary>
public static partial class BrowserExtensions
{
    private const string AllowedHosts = "AllowedHosts";

    private static readonly string[] _requestHeaders = ["Authorization", "Content-Type", "Accept", "Idempotency-Key"];
    private static readonly Refused _foreign =
        Refused.Request(StatusCodes.Status403Forbidden, Codes.OriginRefused, "Pages of this origin may not use the service.");

    private static readonly Refused _nameless =
        Refused.Request(StatusCodes.Status400BadRequest, Codes.BadUserInput, "The service has not been told its host names: set AllowedHosts.");

    private static readonly string[] _responseHeaders = ["Retry-After", "Idempotent-Replayed", "X-Session-Token"];

    public static IServiceCollection AddBrowserRules(this IServiceCollection services)
    {
        services.AddOptions<BrowserOptions>().BindConfiguration(BrowserOptions.Section);
        services.AddSingleton<Origins>();
        services.AddCors();
        // Next to the log's, and before the framework's own, which refuses hosts.
        services.Insert(1, ServiceDescriptor.Singleton<IStartupFilter, ProtectionHeaders>());
        services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);
        return services;
    }

    /// <summary>Applies them to every request.</summary>
    /// <param name="app">The application.</param>
    /// <param name="graphQL">The path whose refusals have GraphQL's form; those of others are the status alone.</param>
    public static void UseBrowserRules(this WebApplication app, string graphQL)
    {
        var origins = app.Services.GetRequiredService<Origins>();
        var isForAnyHost = !app.Environment.IsDevelopment() && string.IsNullOrWhiteSpace(app.Configuration[AllowedHosts]);
        if (isForAnyHost) LogHostsMissing(app.Logger);
        if (isForAnyHost) app.Run(http => http.RefuseAsync(_nameless, graphQL));
        app.UseCors(policy => policy.SetIsOriginAllowed(origins.Allows)
            .WithHeaders(_requestHeaders).WithExposedHeaders(_responseHeaders).AllowAnyMethod().SetPreflightMaxAge(TimeSpan.FromHours(1)));
        app.Use((http, next) => origins.Refuses(http.Request) ? http.RefuseAsync(_foreign, graphQL) : next(http));
    }

    [LoggerMessage(LogLevel.Error, "AllowedHosts is not set, so every request is answered 400. Set it to the names that the service is reached by, such as chat.example.")]
    private static partial void LogHostsMissing(ILogger logger);
}
