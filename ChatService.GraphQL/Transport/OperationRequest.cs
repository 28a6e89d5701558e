using GraphQL;

namespace ChatService.GraphQL;

/// <summary>One GraphQL request, whichever way it came. Its extensions have been looked at, and mean nothing here.</summary>
public sealed record OperationRequest(string Query, string? OperationName, Inputs Variables);

/// <summary>The kinds of operation that a way of asking allows: no mutation by GET, no subscription where nothing can be streamed.</summary>
[Flags]
public enum Allowed
{
    Query = 1,
    Mutation = 2,
    Subscription = 4,
    All = Query | Mutation | Subscription,
}
