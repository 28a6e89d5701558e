using GraphQL;

namespace ChatService.GraphQL;

/// <summary>An object that can be fetched by its id. Follows Relay's server specification.</summary>
[Name("Node")]
public interface INode
{
    /// <summary>Opaque and globally unique.</summary>
    [Id]
    string Id { get; }
}
