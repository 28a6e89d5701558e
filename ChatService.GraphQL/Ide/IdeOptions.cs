namespace ChatService.GraphQL;

/// <summary>The GraphQL IDE for browsers.</summary>
public sealed class IdeOptions
{
    public const string Section = "Ide";

    /// <summary>Whether a browser gets it at the GraphQL path: default in Development only. It asks for the schema, so Guard:Introspection belongs with it.</summary>
    public bool? Enabled { get; set; }
}
