using ChatService.Data;
using GraphQL;
using GraphQL.DataLoader;
using GraphQL.Types;

namespace ChatService.GraphQL;

/// <summary>A person with an account. A caller sees only themself.</summary>
/// <param name="id">Their number.</param>
/// <param name="row">Their row, where it is at hand; else it is loaded when a field needs it.</param>
[Implements(typeof(INode))]
public sealed class UserType(long id, User? row = null) : INode
{
    /// <summary>Opaque and globally unique.</summary>
    [Id]
    public string Id => NodeId.Write(NodeKind.User, id);

    /// <summary>The number that the REST facade shows as the id.</summary>
    public long DatabaseId => id;

    /// <summary>As written at registration: 1 to 64 characters, unique without regard to case.</summary>
    [OutputType(typeof(NonNullGraphType<StringGraphType>))]
    public object Username([FromServices] UserLoader users) => row is null ? users.Load(id, user => user!.Username) : row.Username;

    /// <summary>When the account was made.</summary>
    [OutputType(typeof(NonNullGraphType<DateTimeGraphType>))]
    public object CreatedAt([FromServices] UserLoader users) => row is null ? users.Load(id, user => user!.CreatedAt) : row.CreatedAt;

    /// <summary>The user's conversations, latest activity first.</summary>
    /// <param name="first">Page size from the beginning, 1 to 100; 50 if neither this nor last is given.</param>
    /// <param name="after">A cursor: the page begins after it.</param>
    /// <param name="last">Page size from the end, 1 to 100; not with first.</param>
    /// <param name="before">A cursor: the page ends before it.</param>
    /// <param name="archived">The archived conversations instead of the current ones.</param>
    public IDataLoaderResult<ConnectionType<ConversationType>> Conversations(
        [FromServices] ConversationPageLoader pages, [FromServices] ConversationCountLoader counts,
        int? first, string? after, int? last, string? before, bool archived = false) =>
        pages.Load(
            new(archived, new PageRequest(first, after, last, before)),
            page => ConnectionType.From(page.OrThrow(), row => new ConversationType(row), () => counts.Load(archived)));
}
