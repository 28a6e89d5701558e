using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>
/// Finds what the owner has talked about before that has to do with a question: in other conversations, where that is asked for;
/// for the offline responder, which has nothing else to answer from, in whatever the owner has written.
/// </summary>
public sealed class Recollection(ChatDatabase database, ModelCatalog models, SearchRanker ranker)
{
    private const int MostHits = 8;

    internal static IReadOnlyList<RankedMessage> Nothing { get; } = [];

    /// <summary>Whether there may be something to recall: where it is asked for, and for the offline responder.</summary>
    internal bool IsNeeded(CompletionRequest request) => request.Recall || models.All.Any(model => model.Name == OfflineModel.Name);

    /// <summary>Looked up before the transaction: the embedder may be a server elsewhere.</summary>
    /// <returns>The best hits, the best first; empty where nothing is to be recalled.</returns>
    internal async Task<IReadOnlyList<RankedMessage>> FindAsync(long owner, CompletionRequest request, CancellationToken ct)
    {
        var asked = await database.ReadAsync(
            (db, token) => db.Conversations.Where(c => c.OwnerId == owner && c.Id == request.ConversationId)
                .Select(c => new
                {
                    c.Model,
                    Question = request.Content != null ? null : db.Messages
                        .Where(m => m.OwnerId == owner && m.ConversationId == c.Id && m.Role == MessageRole.User)
                        .OrderByDescending(m => m.Sequence).Select(m => new { m.Id, m.Content }).FirstOrDefault(),
                }).SingleOrDefaultAsync(token),
            ct);
        if ((request.Content ?? asked?.Question?.Content) is not { } question || asked is null) return [];
        var offline = (request.Model ?? asked.Model ?? models.Default.Name) == OfflineModel.Name;
        if (!request.Recall && !offline) return [];
        var filter = new SearchFilter
        {
            // Its own answers quote what was written: quoting them in turn would repeat it without end.
            Roles = offline ? [MessageRole.User] : [MessageRole.User, MessageRole.Assistant],
            ExceptConversation = offline && !request.Recall ? null : request.ConversationId,
            ExceptMessage = asked.Question?.Id,
        };
        var text = question[..TextCut.BetweenCharacters(question, Math.Min(question.Length, Input.MaximumSearchLength))];
        var ranking = await ranker.RankAsync(owner, text, SearchMode.Hybrid, filter, ct);
        return [.. ranking.Messages.Take(MostHits)];
    }
}
