using GraphQL;
using GraphQL.Instrumentation;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// From text to a document that may be executed, in this order: size, parse, guard, validate. What passed is kept, bounded by the
/// length of the texts; what did not is small by then and is looked at again each time.
/// </summary>
public sealed class Documents(
    ISchema schema,
    IDocumentValidator validator,
    IOptions<GuardOptions> guardOptions,
    IOptions<TransportOptions> transportOptions,
    IHostEnvironment environment) : IDisposable
{
    /// <summary>Characters that each document counts as besides its text: of a short one the text is the least that is kept.</summary>
    private const int Overhead = 2_048;
    private static readonly TimeSpan _unused = TimeSpan.FromHours(1);

    private readonly GuardOptions _limits = guardOptions.Value;
    private readonly DocumentGuard _guard = new(guardOptions.Value, guardOptions.Value.Introspection ?? environment.IsDevelopment());
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = transportOptions.Value.DocumentCacheLength });

    public void Dispose() => _cache.Dispose();

    /// <returns>Either the document or why it is refused.</returns>
    public async ValueTask<(CompiledDocument? Document, Refused? Refused)> CompileAsync(string text, CancellationToken ct)
    {
        if (text.Length > _limits.MaxQueryLength)
            return (null, Refused.Document(Codes.QueryTooLarge, $"The query is longer than {_limits.MaxQueryLength} characters."));
        if (_cache.TryGetValue(text, out CompiledDocument? known))
            return (known, null);
        if (Parse(text, out var document) is { } unparsed)
            return (null, unparsed);
        if ((_guard.Check(document!) ?? await ValidateAsync(document!, ct)) is { } refused)
            return (null, refused);
        var compiled = new CompiledDocument(document!, schema);
        // A secret written into the text of a sign-in stays out of the cache.
        if (!compiled.Operations.Any(o => o.RootFields.Any(_limits.ExclusiveRootFields.Contains)))
            _cache.Set(text, compiled, new MemoryCacheEntryOptions { Size = text.Length + Overhead, SlidingExpiration = _unused });
        return (compiled, null);
    }

    /// <summary>Values of variables and arguments for one call.</summary>
    public static async ValueTask<IValidationResult> ReadArgumentsAsync(CompiledOperation operation, OperationRequest request)
    {
        if (operation.Arguments is { } known)
            return known;
        var result = await operation.Reader.ReadAsync(request.Variables);
        if (!operation.HasVariables && operation.IsStatic && result.IsValid)
            operation.Arguments = result;
        return result;
    }

    private Refused? Parse(string text, out GraphQLDocument? document)
    {
        document = null;
        try
        {
            document = Parser.Parse(text, new ParserOptions { Ignore = IgnoreOptions.Comments, MaxDepth = _limits.ParserDepth });
            return null;
        }
        catch (GraphQLMaxDepthExceededException)
        {
            return Refused.Document(Codes.QueryTooComplex, "The query is nested too deeply.");
        }
        catch (GraphQLSyntaxErrorException fault)
        {
            return new Refused(400, [new OperationError(Codes.ParseFailed, ErrorReport.Shorten(ErrorReport.WithoutLiteral($"Syntax error: {fault.Description}")), [fault.Location])], true);
        }
    }

    private async ValueTask<Refused?> ValidateAsync(GraphQLDocument document, CancellationToken ct)
    {
        // Without an operation the library leaves variables alone: they are read for each call.
        var result = await validator.ValidateAsync(new ValidationOptions
        {
            Schema = schema,
            Document = document,
            Rules = DocumentValidator.CoreRules,
            UserContext = new Dictionary<string, object?>(),
            Metrics = Metrics.None,
            Variables = Inputs.Empty,
            Extensions = Inputs.Empty,
            CancellationToken = ct,
        });
        return result.IsValid ? null : new Refused(400, ErrorReport.From(result.Errors), IsDocumentFault: true);
    }
}
