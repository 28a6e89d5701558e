namespace ChatService.Data;

/// <summary>
/// Finds what the owner has talked about before that has to do with a question: in other conversations, where that is asked for;
/// for the offline responder, which has nothing else to answer from, in whatever the owner has written.
/// </summary>
public sealed class Recollection(ModelCatalog models, SearchRanker ranker)
{
    private const int MostHits = 8;

    internal static IReadOnlyList<RankedMessage> Nothing { get; } = [];

    /// <summary>Whether there may be something to recall: where it is asked for, and for the offline responder.</summary>
    internal bool IsNeeded(CompletionRequest request) => request.Recall || models.All.Any(model => model.Name == OfflineModel.Name);

    /// <summary>Looked up outside of the transaction: the embedder may be a server elsewhere.</summary>
    /// <returns>The best hits, the best first; empty where nothing is to be recalled.</returns>
    internal async Task<IReadOnlyList<RankedMessage>> FindAsync(long owner, CompletionRequest request, CompletionTurn turn, CancellationToken ct)
    {
        var offline = turn.Model.Name == OfflineModel.Name;
        if (!request.Recall && !offline) return [];
        var filter = new SearchFilter
        {
            // Its own answers quote what was written: quoting them in turn would repeat it without end.
            Roles = offline ? [MessageRole.User] : [MessageRole.User, MessageRole.Assistant],
            ExceptConversation = offline && !request.Recall ? null : request.ConversationId,
            // Stored already where it is not a new one, also by an earlier attempt under the same key.
            ExceptMessage = turn.Question?.Id,
        };
        var question = turn.Question?.Content ?? request.Content!;
        var text = question[..TextCut.BetweenCharacters(question, Math.Min(question.Length, Input.MaximumSearchLength))];
        var ranking = await ranker.RankAsync(owner, text, SearchMode.Hybrid, filter, ct);
        return [.. ranking.Messages.Take(MostHits)];
    }
}
