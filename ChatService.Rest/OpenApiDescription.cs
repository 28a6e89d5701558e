using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ChatService.Rest;

/// <summary>What the description at /openapi.json says beside what the routes say of themselves.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "session";
    private const string RetryAfter = "Retry-After";

    /// <summary>What any route can answer: of its host, its token, its way here or the service's state.</summary>
    private static readonly ProblemCode[] _any =
    [
        ProblemCode.BadUserInput, ProblemCode.Unauthenticated, ProblemCode.OriginRefused, ProblemCode.MethodNotAllowed, ProblemCode.RequestTimeout,
        ProblemCode.PayloadTooLarge, ProblemCode.UnsupportedMediaType, ProblemCode.RateLimited, ProblemCode.Overloaded, ProblemCode.StorageUnavailable,
        ProblemCode.StorageFull, ProblemCode.ShuttingDown, ProblemCode.Internal,
    ];

    private static readonly ResponseHeader _retryAfter = new(RetryAfter, "Whole seconds, at least one, after which to try again.");

    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = route => route.GroupName == options.DocumentName;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Chat Service",
                Version = "1",
                Description = "Users, conversations, messages and answers. Clients that page, resume or listen use the GraphQL API. Whether the service lives and is ready is asked at /health/live and /health/ready: 200, or 503 with Retry-After.",
            };
            // Relative: where the description comes from, and what its page shows and sends.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.AddComponent(Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A session's token. Not asked for when the facade runs in documented mode.",
            });
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var member = context.JsonPropertyInfo?.AttributeProvider ?? (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo;
            if (member?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute allowed])
                schema.Enum = [.. allowed.Values.Select(value => JsonValue.Create($"{value}"))];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            OpenApiExamples.AddTo(operation);
            AddHeaders(operation, context.Description.ActionDescriptor.EndpointMetadata.OfType<ResponseHeader>());
            // The library leaves their descriptions out.
            foreach (var refusal in context.Description.ActionDescriptor.EndpointMetadata.OfType<ProducesResponseTypeMetadata>().Where(told => told.Description is not null))
                operation.Responses![$"{refusal.StatusCode}"].Description = refusal.Description;
            AddAnyProblem(operation, context.Document!);
            return Task.CompletedTask;
        });
    }

    private static void AddAnyProblem(OpenApiOperation operation, OpenApiDocument document) =>
        operation.Responses!["default"] = new OpenApiResponse
        {
            Description = $"Any other problem: {string.Join("; ", ByStatus(_any).Select(ofStatus => $"{ofStatus.Key} {Names(ofStatus)}"))}. Retry-After says when to try again.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemResponse.MediaType] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemResponse), document) },
            },
            Headers = new Dictionary<string, IOpenApiHeader> { [RetryAfter] = Describe(_retryAfter) },
        };

    private static void AddHeaders(OpenApiOperation operation, IEnumerable<ResponseHeader> told)
    {
        foreach (var (status, response) in operation.Responses!)
        {
            var headers = status.StartsWith('2') ? told : status is "429" or "503" ? [_retryAfter] : [];
            foreach (var header in headers)
            {
                var described = (OpenApiResponse)response;
                described.Headers ??= new Dictionary<string, IOpenApiHeader>();
                described.Headers[header.Name] = Describe(header);
            }
        }
    }

    private static OpenApiHeader Describe(ResponseHeader header) =>
        new() { Description = header.Description, Schema = new OpenApiSchema { Type = header == _retryAfter ? JsonSchemaType.Integer : JsonSchemaType.String } };

    /// <summary>Says which header a route's success can have.</summary>
    public static RouteHandlerBuilder Tells(this RouteHandlerBuilder route, string header, string description) => route.WithMetadata(new ResponseHeader(header, description));

    /// <summary>Says which problems a route can answer, beside those that any route can.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ProblemCode[] codes)
    {
        foreach (var ofStatus in ByStatus([.. codes, .. _any]).Where(ofStatus => ofStatus.Intersect(codes).Any()))
            route.WithMetadata(new ProducesResponseTypeMetadata(ofStatus.Key, typeof(ProblemResponse), [ProblemResponse.MediaType]) { Description = Names(ofStatus) });
        return route;
    }

    private static IEnumerable<IGrouping<int, ProblemCode>> ByStatus(IEnumerable<ProblemCode> codes) =>
        codes.Distinct().Order().GroupBy(code => Problems.Table(code).Status).OrderBy(ofStatus => ofStatus.Key);

    private static string Names(IEnumerable<ProblemCode> codes) => string.Join(", ", codes.Select(code => code.WireName()));
}

/// <summary>A header of a route's success, for its description.</summary>
internal sealed record ResponseHeader(string Name, string Description);
