using System.ClientModel;
using System.ClientModel.Primitives;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;

namespace ChatService.Data;

/// <summary>A model that this service is configured with.</summary>
/// <param name="Name">What clients call it.</param>
/// <param name="ModelId">What its provider calls it.</param>
/// <param name="ContextTokens">Prompt and answer together.</param>
/// <param name="MaxOutputTokens">The most that one answer may have.</param>
public sealed record ChatModel(string Name, string ModelId, int ContextTokens, int MaxOutputTokens, TokenCounter Tokens, IChatCompletionService Service);

/// <summary>The configured models, the default first.</summary>
public sealed class ModelCatalog : IDisposable
{
    public static readonly ChatError NotAllowed = new(ErrorCode.ModelNotAllowed, "This service is not configured with such a model.", ["model"]);

    internal const string Expected =
        "Completions:Models: each one needs a ModelId, a Provider of openai, ContextTokens of 256 or more, and MaxOutputTokens of 1 or more and less than ContextTokens; names are unique, and TitleModel is one of them.";

    private readonly SocketsHttpHandler _connections;
    private readonly TimeProvider _time;

    public ModelCatalog(IOptions<CompletionOptions> options, TimeProvider time)
    {
        _time = time;
        _connections = new SocketsHttpHandler { ConnectTimeout = options.Value.ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        All = options.Value.Models.Count == 0
            ? [new ChatModel(OfflineModel.Name, OfflineModel.Name, 8_192, 1_024, new TokenCounter(OfflineModel.Name), new OfflineModel(time, options.Value.OfflineWordDelay))]
            : [.. options.Value.Models.Select(Connect)];
    }

    public IReadOnlyList<ChatModel> All { get; }

    public ChatModel Default => All[0];

    public ChatModel? Find(string name) => All.FirstOrDefault(m => m.Name == name);

    internal static bool Check(CompletionOptions options) =>
        options.Models.All(m => Validator.TryValidateObject(m, new ValidationContext(m), null, validateAllProperties: true) && m.MaxOutputTokens < m.ContextTokens)
        && options.Models.DistinctBy(m => m.Name ?? m.ModelId).Count() == options.Models.Count
        && (options.TitleModel is null || options.Models.Any(m => (m.Name ?? m.ModelId) == options.TitleModel));

    public void Dispose() => _connections.Dispose();

    private ChatModel Connect(ModelOptions model)
    {
        // Deadlines are the caller's, token by token; only the connection's is HTTP's own.
        var http = new HttpClient(new ProviderHandler(model, _time) { InnerHandler = _connections }, disposeHandler: false)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var client = new OpenAIClient(
            new ApiKeyCredential(string.IsNullOrEmpty(model.ApiKey) ? "none" : model.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = model.Endpoint,
                Transport = new HttpClientPipelineTransport(http),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
                // Its own three silent retries would be three times the price.
                RetryPolicy = new ClientRetryPolicy(0),
            });
        return new ChatModel(
            model.Name ?? model.ModelId,
            model.ModelId,
            model.ContextTokens,
            model.MaxOutputTokens,
            new TokenCounter(model.ModelId),
            new OpenAIChatCompletionService(model.ModelId, client));
    }
}
