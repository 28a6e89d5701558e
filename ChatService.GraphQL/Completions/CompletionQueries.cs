using ChatService.Data;
using GraphQL;

namespace ChatService.GraphQL;

public partial class Query
{
    /// <summary>A completion of the caller's; null if there is none with this id.</summary>
    /// <param name="id">The completion.</param>
    public static async Task<CompletionType?> CompletionAsync(
        [Id] string id, [FromServices] CompletionService completions, [FromServices] CurrentUser me, CancellationToken ct)
    {
        var owner = me.Id;
        return NodeId.Read(NodeKind.Completion, id) is { } number && await completions.FindAsync(owner, number, ct) is { } row
            ? new CompletionType(row)
            : null;
    }

    /// <summary>The models that this service is configured with, the default first.</summary>
    public static IEnumerable<ModelType> Models([FromServices] ModelCatalog models) => models.All.Select(model => new ModelType(model, model == models.Default));
}

/// <summary>A model that answers.</summary>
public sealed class ModelType(ChatModel model, bool isDefault)
{
    /// <summary>What conversations and completions call it.</summary>
    public string Name => model.Name;

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextTokens => model.ContextTokens;

    /// <summary>Whether it answers where no other is named.</summary>
    public bool IsDefault => isDefault;
}
