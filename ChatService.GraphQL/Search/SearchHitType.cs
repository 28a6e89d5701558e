using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;

namespace ChatService.GraphQL;

/// <summary>One page of what a search found, the best first.</summary>
public sealed class MessageSearchConnectionType(SearchPage page)
{
    private readonly MessageSearchEdgeType[] _edges = [.. page.Hits.Select(hit => new MessageSearchEdgeType(hit))];

    /// <summary>The hits, each with why it is one.</summary>
    public IEnumerable<MessageSearchEdgeType> Edges => _edges;

    /// <summary>The messages alone.</summary>
    public IEnumerable<MessageType> Nodes => _edges.Select(edge => edge.Node);

    /// <summary>Where this page stands among the hits.</summary>
    public PageInfoType PageInfo => new(
        page.HasNext, page.HasPrevious, page.Hits is [var first, ..] ? first.Cursor : null, page.Hits is [.., var last] ? last.Cursor : null);

    /// <summary>Whether these were found by words alone, the embedder being out of reach.</summary>
    public bool Degraded => page.Degraded;
}

/// <summary>A message that a search found, and why.</summary>
public sealed class MessageSearchEdgeType(SearchHit hit)
{
    private const int MaximumNeighbours = 10;

    /// <summary>Where this hit stands: for after, with the same arguments.</summary>
    public string Cursor => hit.Cursor;

    /// <summary>The message.</summary>
    public MessageType Node { get; } = new(hit.Message);

    /// <summary>Higher is better; comparable within one answer only.</summary>
    public double Score => hit.Score;

    /// <summary>Its place by meaning, from 1; null where it was not found so.</summary>
    public int? SemanticRank => hit.SemanticRank;

    /// <summary>Its place by words, from 1; null where it was not found so.</summary>
    public int? KeywordRank => hit.KeywordRank;

    /// <summary>The best passage, on one line, with an ellipsis where something is left out.</summary>
    public string Snippet => hit.Snippet.Text;

    /// <summary>The words of the query in the snippet.</summary>
    public IEnumerable<TextRangeType> Highlights => hit.Snippet.Highlights.Select(range => new TextRangeType(range));

    /// <summary>The messages before it in its conversation, oldest first.</summary>
    /// <param name="count">How many, 0 to 10.</param>
    public IDataLoaderResult<IEnumerable<MessageType>> Preceding([FromServices] NeighbourLoader neighbours, int count = 1) =>
        Load(neighbours, count, before: true);

    /// <summary>The messages after it in its conversation, oldest first.</summary>
    /// <param name="count">How many, 0 to 10.</param>
    public IDataLoaderResult<IEnumerable<MessageType>> Following([FromServices] NeighbourLoader neighbours, int count = 1) =>
        Load(neighbours, count, before: false);

    private IDataLoaderResult<IEnumerable<MessageType>> Load(NeighbourLoader neighbours, int count, bool before) =>
        count is >= 0 and <= MaximumNeighbours
            ? neighbours.Load(new(hit.Message.Id, before, count), found => (found ?? []).Select(message => new MessageType(message)))
            : throw new FieldError(ChatError.BadInput("count", $"A message has 0 to {MaximumNeighbours} neighbours here."));
}

/// <summary>A part of a text, in UTF-16 code units.</summary>
public sealed class TextRangeType(TextRange range)
{
    /// <summary>Where it begins.</summary>
    public int Start => range.Start;

    /// <summary>How long it is.</summary>
    public int Length => range.Length;
}

/// <summary>Which messages around one are wanted.</summary>
public readonly record struct Neighbours(long Message, bool Before, int Count);

/// <summary>The messages before and after others.</summary>
public sealed class NeighbourLoader(MessageHistory history, CurrentUser me) : BatchLoader<Neighbours, IEnumerable<Message>>(
    async (wanted, ct) =>
    {
        var found = new Dictionary<Neighbours, IEnumerable<Message>>();
        foreach (var alike in wanted.Where(one => one.Count > 0).GroupBy(one => (one.Before, one.Count)))
        {
            var (before, count) = alike.Key;
            var messages = await history.FindNeighboursAsync(me.Id, [.. alike.Select(one => one.Message)], before, count, ct);
            foreach (var one in alike) found[one] = messages[one.Message];
        }

        return found;
    });
