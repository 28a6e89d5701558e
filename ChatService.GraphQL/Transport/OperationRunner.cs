using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Instrumentation;
using GraphQL.Types;
using GraphQL.Validation;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>
/// Runs an operation, whichever transport it came by: the document's checks, the values, the cost, then execution in a scope of
/// its own. A transport only translates frames.
/// </summary>
public sealed class OperationRunner(
    ISchema schema,
    Documents documents,
    Faults faults,
    OpenStreams streams,
    OperationGate gate,
    TextLimits texts,
    IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime,
    IOptions<GuardOptions> guardOptions,
    IOptions<TransportOptions> transportOptions)
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(1);
    private static readonly Refused _stopping = Refused.Request(503, Codes.ShuttingDown, "The service is stopping.", _soon);
    private static readonly OperationStrategy _strategy = new();
    private static readonly StreamStrategy _streamStrategy = new(_strategy);

    private readonly TransportOptions _options = transportOptions.Value;

    /// <param name="request">What to run.</param>
    /// <param name="caller">As whom.</param>
    /// <param name="allowed">What this way of asking can carry.</param>
    /// <param name="ct">The caller is gone; for a stream, as long as it lasts.</param>
    public async Task<OperationOutcome> RunAsync(OperationRequest request, Caller caller, Allowed allowed, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return _stopping;
        try
        {
            var (document, refused) = await documents.CompileAsync(request.Query, ct);
            if (refused is not null)
                return refused;
            if (document!.Find(request.OperationName) is not { } operation)
                return Refused.Document(Codes.BadUserInput, "operationName must name one of the document's operations, and may be left out if there is only one.");
            if (Forbidden(operation, allowed) is { } forbidden)
                return forbidden;
            using var activity = OperationTelemetry.Begin(operation, caller);
            var arguments = await Documents.ReadArgumentsAsync(operation, request);
            if (!arguments.IsValid)
                return new Refused(400, ErrorReport.From(arguments.Errors), IsDocumentFault: true);
            if (IsTooCostly(operation, arguments))
                return Refused.Document(Codes.QueryTooComplex, $"The lists together ask for more than {guardOptions.Value.MaxListCost} nodes.");
            var outcome = operation.Kind == Allowed.Subscription
                ? await OpenAsync(operation, arguments, caller, ct)
                : await ExecuteAsync(operation, arguments, caller, ct);
            activity.End(outcome, caller);
            return outcome;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            return faults.Refuse(exception);
        }
    }

    private static Refused? Forbidden(CompiledOperation operation, Allowed allowed) => operation.Kind switch
    {
        var kind when allowed.HasFlag(kind) => null,
        Allowed.Mutation => Refused.Request(405, Codes.MethodNotAllowed, "Mutations are sent by POST."),
        // Executing it here would answer without data and leave a live stream behind.
        _ => Refused.Request(406, Codes.NotAcceptable, "A subscription needs Accept: text/event-stream, or a WebSocket."),
    };

    private bool IsTooCostly(CompiledOperation operation, IValidationResult arguments)
    {
        var cost = new ListCost(schema, operation.Document, arguments.ArgumentValues, guardOptions.Value);
        var root = operation.Kind switch
        {
            Allowed.Mutation => schema.Mutation,
            Allowed.Subscription => schema.Subscription,
            _ => schema.Query,
        };
        return cost.Of(operation.Definition, root!) > guardOptions.Value.MaxListCost;
    }

    private async Task<OperationOutcome> ExecuteAsync(
        CompiledOperation operation, IValidationResult arguments, Caller caller, CancellationToken ct)
    {
        // What waits by its nature is bounded as streams are, and must not keep the places of what does not; anything beside it is timed.
        var isTimed = operation.RootFields.Count == 0 || !operation.RootFields.All(_options.UntimedRootFields.Contains);
        using var stream = isTimed ? null : streams.TryOpen(caller);
        using var place = isTimed ? await gate.EnterAsync(ct) : null;
        if (stream is null && place is null)
            return isTimed ? gate.Refuse() : OpenStreams.Full;
        await using var scope = OpenScope(caller);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct, stream?.Ended ?? CancellationToken.None);
        if (isTimed)
            deadline.CancelAfter(_options.OperationTimeout);
        using var context = BuildContext(operation, arguments, scope.ServiceProvider, deadline.Token);
        var held = texts.Open(caller, deadline);
        var isAnswered = false;
        try
        {
            held.Listen();
            var result = await _strategy.ExecuteAsync(context);
            held.Seal();
            if (Refuse(held) is { } tooMuch)
                return tooMuch;
            isAnswered = true;
            return new Executed(Bounded(result.Data as ExecutionNode, context.Errors), held);
        }
        catch (OperationCanceledException) when (Refuse(held) is { } tooMuch)
        {
            return tooMuch;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return stream?.Reason switch
            {
                null => Refused.Request(503, Codes.Overloaded, "The operation took too long.", _soon),
                { Code: Codes.Unauthenticated } => BearerToken.Refusal,
                _ => _stopping,
            };
        }
        finally
        {
            if (!isAnswered)
                held.Dispose();
        }
    }

    private OperationOutcome? Refuse(TextHold held)
        => held.IsTooLong ? new Executed(TooMuchText) : held.IsTooMuch ? OperationGate.Refusal : null;

    private static OperationError? TooMuch(TextHold held) => held.IsTooMuch ? OperationGate.Refusal.Errors[0] : null;

    private OperationResult TooLong => TooComplex($"The answer has more than {_options.MaxAnswerLength} characters.");

    private OperationResult TooMuchText => TooComplex($"The messages that it reads have more than {_options.MaxAnswerLength} characters together.");

    private static OperationResult TooComplex(string message) => new(null, [new OperationError(Codes.QueryTooComplex, message)]);

    private async Task<OperationOutcome> OpenAsync(
        CompiledOperation operation, IValidationResult arguments, Caller caller, CancellationToken ct)
    {
        if (streams.TryOpen(caller) is not { } stream)
            return OpenStreams.Full;
        var scope = OpenScope(caller);
        var life = CancellationTokenSource.CreateLinkedTokenSource(ct, stream.Ended);
        var context = BuildContext(operation, arguments, scope.ServiceProvider, life.Token);
        var opened = new OpenSource(stream, scope, life, context, texts.Open(caller, life));
        try
        {
            opened.Held.Listen();
            if (await _streamStrategy.OpenAsync(context) is { } results)
                return new Streaming(ReadAsync(results, opened, ct));
        }
        catch (OperationCanceledException) when (Refuse(opened.Held) is { } tooMuch)
        {
            await opened.DisposeAsync();
            return tooMuch;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
        await opened.DisposeAsync();
        return new Executed(new OperationResult(null, ErrorReport.From(context.Errors)));
    }

    private async IAsyncEnumerable<OperationResult> ReadAsync(
        IAsyncEnumerable<ExecutionResult> results, OpenSource opened, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var owned = opened;
        await using var reader = results.GetAsyncEnumerator(CancellationToken.None);
        while (true)
        {
            try
            {
                opened.Held.Listen();
                if (!await reader.MoveNextAsync())
                    yield break;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested && (opened.Stream.Reason ?? TooMuch(opened.Held)) is { } reason)
            {
                throw new StreamCutException(reason);
            }
            catch (OperationCanceledException) when (opened.Held.IsTooLong)
            {
                // Told below: whoever comes again would meet it again.
            }
            if (opened.Held.IsTooLong)
            {
                yield return TooMuchText;
                yield break;
            }
            yield return Bounded(reader.Current.Data as ExecutionNode, reader.Current.Errors);
            opened.Held.Renew();
        }
    }

    private OperationResult Bounded(ExecutionNode? data, IEnumerable<ExecutionError>? errors)
        => AnswerLength.IsWithin(_options.MaxAnswerLength, data)
            ? new OperationResult(data, ErrorReport.From(errors))
            : TooLong;

    private AsyncServiceScope OpenScope(Caller caller)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(caller);
        return scope;
    }

    private OperationContext BuildContext(
        CompiledOperation operation, IValidationResult arguments, IServiceProvider services, CancellationToken ct)
    {
        return new OperationContext
        {
            Schema = schema,
            Document = operation.Document,
            Operation = operation.Definition,
            Variables = arguments.Variables ?? Variables.None,
            // Where fields are merged, the merged ones are added while the operation runs, from several threads.
            ArgumentValues = operation.IsStatic ? arguments.ArgumentValues : Writable(arguments.ArgumentValues),
            DirectiveValues = operation.IsStatic ? arguments.DirectiveValues : Writable(arguments.DirectiveValues),
            Fields = operation.IsStatic ? operation.Fields : new(),
            Errors = [],
            InputExtensions = Inputs.Empty,
            OutputExtensions = [],
            UserContext = new Dictionary<string, object?>(),
            ExecutionStrategy = operation.Kind == Allowed.Subscription ? _streamStrategy : _strategy,
            Metrics = Metrics.None,
            Listeners = [],
            RequestServices = services,
            UnhandledExceptionDelegate = faults.MaskAsync,
            CancellationToken = ct,
        };
    }

    private static ConcurrentDictionary<TKey, TValue>? Writable<TKey, TValue>(IReadOnlyDictionary<TKey, TValue>? values)
        where TKey : notnull => values is null ? null : new(values);

    private sealed record OpenSource(StreamLease Stream, AsyncServiceScope Scope, CancellationTokenSource Life, OperationContext Context, TextHold Held)
        : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Life.CancelAsync();
            Context.Dispose();
            await Scope.DisposeAsync();
            Stream.Dispose();
            Held.Dispose();
            Life.Dispose();
        }
    }
}
