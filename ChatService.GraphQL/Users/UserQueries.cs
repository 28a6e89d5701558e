using GraphQL;

namespace ChatService.GraphQL;

public partial class Query
{
    /// <summary>Who is calling; null for an anonymous caller.</summary>
    public static UserType? Me([FromServices] CurrentUser me) => me.IdOrNull is { } id ? new UserType(id) : null;
}
