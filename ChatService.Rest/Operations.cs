using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace ChatService.Rest;

/// <summary>Runs stored operations through the host's delegates and tells what went well from what did not.</summary>
internal sealed class Operations(IOptions<RestOptions> options)
{
    private static readonly FrozenDictionary<string, string> _documents = typeof(Operations).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".graphql", StringComparison.Ordinal))
        .ToFrozenDictionary(name => name.Split('.')[^2], Read);

    private readonly RestOptions _options = options.Value;

    public async Task<Reply> RunAsync(HttpContext http, string name, Addressed actsFor, params (string Name, object? Value)[] variables)
    {
        var answer = await _options.Run(http, Stored(name, actsFor, variables), http.RequestAborted);
        return Judge(answer, actsFor);
    }

    /// <summary>Runs a mutation whose one argument is its input.</summary>
    public Task<Reply> MutateAsync(HttpContext http, string name, Addressed actsFor, params (string Name, object? Value)[] input) =>
        RunAsync(http, name, actsFor, ("input", Sent(input)));

    /// <summary>Likewise, where what it begins is streamed next.</summary>
    public async Task<Reply> BeginAsync(HttpContext http, string name, Addressed actsFor, params (string Name, object? Value)[] input)
    {
        var operation = Stored(name, actsFor, [("input", Sent(input))]) with { IsWatched = true };
        return Judge(await _options.Run(http, operation, http.RequestAborted), actsFor);
    }

    public IAsyncEnumerable<Reply> WatchAsync(HttpContext http, string name, Addressed actsFor, params (string Name, object? Value)[] variables) =>
        _options.Watch(http, Stored(name, actsFor, variables), http.RequestAborted).Select(answer => Judge(answer, actsFor));

    private static Operation Stored(string name, Addressed actsFor, (string Name, object? Value)[] variables) =>
        new(name, _documents[name], Sent(variables), actsFor);

    // What was not sent stays away, so that the schema's defaults hold.
    private static Dictionary<string, object?> Sent((string Name, object? Value)[] variables) =>
        variables.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Name, variable => variable.Value);

    private Reply Judge(OperationAnswer answer, Addressed actsFor)
    {
        var problem = FindProblem(answer, actsFor);
        // In documented mode only what has no owner leaves a call without a user; a bad token was refused before.
        if (problem?.Code is ProblemCode.Unauthenticated && _options.Documented && actsFor.Kind is not AddressKind.Nobody
            && answer.Status != StatusCodes.Status401Unauthorized)
            problem = new Problem(ProblemCode.NotFound);
        return problem is null ? new Reply(answer.Data!, null) : new Reply(null!, problem);
    }

    private Problem? FindProblem(OperationAnswer answer, Addressed actsFor)
    {
        if (answer.Errors is [var error, ..])
            return Problems.From(error.Code, error.Message, answer.Status, retryAfterSeconds: error.RetryAfterSeconds);
        if (answer.Status != StatusCodes.Status200OK || answer.Data is null)
            return new Problem(ProblemCodes.FromStatus(answer.Status));

        foreach (var (name, root) in answer.Data)
        {
            if (root is not Node node)
                return new Problem(name == "me" ? ProblemCode.Unauthenticated : ProblemCode.NotFound);
            if (name == "me" && !IsAddressed(node, actsFor))
                return new Problem(ProblemCode.NotFound);
            if (node.GetValueOrDefault("errors") is IEnumerable<object?> errors && errors.FirstOrDefault() is Node refusal)
                return Problems.From(refusal.Text("code"), refusal.Text("message"), field: (refusal["field"] as IEnumerable<object?>)?.OfType<string>());
        }

        return null;
    }

    // A route under a user is about the caller; anybody else is as absent.
    private bool IsAddressed(Node me, Addressed actsFor) => actsFor.Kind switch
    {
        AddressKind.User => actsFor.Value == $"{me.Number("databaseId")}",
        AddressKind.UserName => _options.NormalizeName(actsFor.Value).Equals(me.Text("username"), StringComparison.OrdinalIgnoreCase),
        AddressKind.Nobody or AddressKind.Conversation => true,
    };

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(Operations).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}

/// <summary>The data of an operation, or the problem that there was instead.</summary>
internal readonly record struct Reply(Node Data, Problem? Problem)
{
    /// <summary>The only root field's value.</summary>
    public Node Root => (Node)Data.Values.Single()!;

    /// <summary>Writes the only root field's value, or the problem.</summary>
    public IResult Then(Func<Node, IResult> write) => Problem ?? write(Root);
}
