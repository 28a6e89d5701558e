using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ChatService.Rest;

/// <summary>What the description at /openapi.json says beside what the routes say of themselves.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "session";

    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = route => route.GroupName == options.DocumentName;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Chat Service",
                Version = "1",
                Description = "Users, conversations, messages and answers. Clients that page, resume or listen use the GraphQL API.",
            };
            document.Servers?.Clear();
            document.AddComponent(Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A session's token. Not asked for when the facade runs in documented mode.",
            });
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            OpenApiExamples.AddTo(operation);
            AddAnyProblem(operation, context.Document!);
            return Task.CompletedTask;
        });
    }

    private static void AddAnyProblem(OpenApiOperation operation, OpenApiDocument document) =>
        operation.Responses!["default"] = new OpenApiResponse
        {
            Description = "Any other problem: 403 a foreign origin, 405, 413 more than 1 MiB, 415 no JSON, 429 a limit, 503 no database or stopping. Retry-After says when to try again.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemResponse.MediaType] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemResponse), document) },
            },
        };

    /// <summary>Says which problems a route can answer, beside those that any route can.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
            route.Produces<ProblemResponse>(status, ProblemResponse.MediaType);
        return route;
    }
}
