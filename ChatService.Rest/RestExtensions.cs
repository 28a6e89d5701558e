using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace ChatService.Rest;

public static class RestExtensions
{
    // Also the name of the routes' group, so that the description has the facade's routes and no others.
    private const string Document = "v1";

    /// <summary>
    /// Registers the facade. <see cref="RestOptions.Run"/> and <see cref="RestOptions.Watch"/> must be set, here or by another
    /// configuration of the options. What the framework refuses (no such path, another method) becomes problem+json if the host
    /// has UseExceptionHandler and UseStatusCodePages.
    /// </summary>
    public static IServiceCollection AddChatRest(this IServiceCollection services, Action<RestOptions>? configure = null)
    {
        services.AddOptions<RestOptions>().Configure(options => configure?.Invoke(options)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Operations>();
        services.AddSingleton<CompletionStream>();
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        services.AddOpenApi(Document, OpenApiDescription.Configure);
        return services;
    }

    /// <summary>Maps the facade's routes, and their description at /openapi.json.</summary>
    public static IEndpointConventionBuilder MapChatRest(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<Operations>() is null)
            throw new InvalidOperationException("Call services.AddChatRest() before app.MapChatRest().");

        var routes = endpoints.MapGroup("").WithGroupName(Document);
        routes.AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return context.Arguments.OfType<RequestBody>().FirstOrDefault()?.Problem ?? await next(context);
        });
        UserRoutes.Map(routes.MapGroup("").WithTags("Users"));
        SessionRoutes.Map(routes.MapGroup("").WithTags("Sessions"));
        ConversationRoutes.Map(routes.MapGroup("").WithTags("Conversations"));
        MessageRoutes.Map(routes.MapGroup("").WithTags("Messages"));
        CompletionRoutes.Map(routes.MapGroup("").WithTags("Completions"));
        SearchRoutes.Map(routes.MapGroup("").WithTags("Search"));
        endpoints.MapOpenApi("/openapi.json");
        return routes;
    }
}
