using System.ComponentModel;
using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;
using GraphQL.Types;

namespace ChatService.GraphQL;

/// <summary>
/// A Relay connection. A field that returns <c>ConnectionType&lt;MessageType&gt;</c> gets the GraphQL types MessageConnection
/// and MessageEdge without another line: <see cref="PageTypeMapping"/> gives the generic classes their names.
/// (Descriptions stand in attributes here, because the engine does not find those of generic classes in the documentation file.)
/// </summary>
public sealed class ConnectionType<TNode>(IReadOnlyList<EdgeType<TNode>> edges, bool hasNext, bool hasPrevious, Func<IDataLoaderResult<int>> count)
    where TNode : class
{
    [Description("The page, each node with its cursor.")]
    public IReadOnlyList<EdgeType<TNode>> Edges => edges;

    [Description("The page without the cursors.")]
    public IEnumerable<TNode> Nodes => edges.Select(e => e.Node);

    [Description("Where this page stands in the whole.")]
    public PageInfoType PageInfo => new(hasNext, hasPrevious, edges is [var first, ..] ? first.Cursor : null, edges is [.., var last] ? last.Cursor : null);

    [Description("Number of nodes in the whole list. Counted only when asked for.")]
    public IDataLoaderResult<int> TotalCount() => count();
}

public static class ConnectionType
{
    /// <param name="page">Rows, in order.</param>
    /// <param name="toNode">The wire type of a row.</param>
    /// <param name="count">Counts the whole list; called only if totalCount is asked for.</param>
    public static ConnectionType<TNode> From<TRow, TNode>(Page<TRow> page, Func<TRow, TNode> toNode, Func<IDataLoaderResult<int>> count)
        where TNode : class
        => new([.. page.Edges.Select(e => new EdgeType<TNode>(e.Cursor, toNode(e.Node)))], page.HasNext, page.HasPrevious, count);
}

public sealed class EdgeType<TNode>(string cursor, TNode node)
    where TNode : class
{
    [Description("Where this node stands: for `after` or `before`. Opaque, and good as long as the node exists.")]
    public string Cursor => cursor;

    [Description("The node itself.")]
    public TNode Node => node;
}

/// <summary>Where a page stands in the whole list. Follows Relay's connection specification.</summary>
public sealed record PageInfoType(
    [property: Description("Whether there is more after this page.")] bool HasNextPage,
    [property: Description("Whether there is more before this page.")] bool HasPreviousPage,
    [property: Description("Cursor of the first node; null for an empty page.")] string? StartCursor,
    [property: Description("Cursor of the last node; null for an empty page.")] string? EndCursor);

/// <summary>Maps the generic classes above to GraphQL types that are named after their node.</summary>
public sealed class PageTypeMapping : IGraphTypeMappingProvider
{
    public Type? GetGraphTypeFromClrType(Type clrType, bool isInputType, Type? preferredGraphType)
    {
        var definition = clrType.IsGenericType ? clrType.GetGenericTypeDefinition() : null;
        return definition == typeof(ConnectionType<>) ? typeof(ConnectionGraphType<>).MakeGenericType(clrType.GetGenericArguments())
            : definition == typeof(EdgeType<>) ? typeof(EdgeGraphType<>).MakeGenericType(clrType.GetGenericArguments())
            : preferredGraphType;
    }
}

public sealed class ConnectionGraphType<TNode> : AutoRegisteringObjectGraphType<ConnectionType<TNode>>
    where TNode : class
{
    protected override void ConfigureGraph()
    {
        base.ConfigureGraph();
        Name = typeof(TNode).GraphQLName() + "Connection";
        Description = $"A page of a list of {typeof(TNode).GraphQLName()}. Follows Relay's connection specification.";
    }
}

public sealed class EdgeGraphType<TNode> : AutoRegisteringObjectGraphType<EdgeType<TNode>>
    where TNode : class
{
    protected override void ConfigureGraph()
    {
        base.ConfigureGraph();
        Name = typeof(TNode).GraphQLName() + "Edge";
        Description = $"A {typeof(TNode).GraphQLName()} and where it stands in its list.";
    }
}
