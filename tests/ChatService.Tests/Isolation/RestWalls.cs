namespace ChatService.Tests;

/// <param name="Route">As it is mapped, with its method.</param>
/// <param name="Path">The same with names in it.</param>
/// <param name="Body">JSON with names in it.</param>
/// <param name="Key">An idempotency key.</param>
/// <param name="IsOpen">Whoever has no session is answered, too.</param>
/// <param name="IsForOwner">The owner can ask it of their own things.</param>
internal sealed record RestWall(
    Wall Wall, string Route, string Path, string? Body = null, string? Key = null, bool IsOpen = false, bool IsForOwner = true);

/// <summary>Every route of the facade. In the order in which the owner can go them all: what removes things is last.</summary>
internal static class RestWalls
{
    private const string Conversation = "/conversations/{id:long:min(1)}";
    private const string Message = Conversation + "/messages/{messageId:long:min(1)}";

    /// <summary>Routes that belong to nobody: GraphQL has its own cases, the others tell nothing of anybody.</summary>
    public static readonly string[] OfNobody =
    [
        "* /graphql", "GET /graphql/LICENSE", "GET /graphql/bcp-config.json", "GET /openapi.json", "* /health/live", "* /health/ready",
        "GET /docs/{documentName?}", "GET /docs/scalar.js", "GET /docs/scalar.aspnetcore.js", "GET /docs/favicon.svg",
    ];

    public static readonly RestWall[] All =
    [
        new(Wall.AsAbsent, "GET /users/{username}", "/users/$username"),
        new(Wall.AsAbsent, "GET /users/{userId:long:min(1)}/conversations", "/users/$user/conversations"),
        new(Wall.AsAbsent, "GET /users/{userId:long:min(1)}/messages:search", "/users/$user/messages:search?q=$word"),
        new(Wall.AsAbsent, "GET /users/{userId:long:min(1)}/messages:search", "/users/$user/messages:search?q=$my_word&mode=keyword&limit=5"),
        new(Wall.AsAbsent, $"GET {Conversation}", "/conversations/$conversation"),
        new(Wall.AsAbsent, $"GET {Conversation}/messages", "/conversations/$conversation/messages"),
        new(Wall.AsAbsent, "POST /sessions", "/sessions", """{"username":$username,"password":$my_password}""", IsOpen: true),
        new(Wall.OwnOnly, "POST /users", "/users", """{"username":$username,"password":"correct horse"}""", IsOpen: true, IsForOwner: false),
        new(Wall.OwnKey, "POST /conversations", "/conversations", """{"title":"New","user_id":$my_user}""", "$key"),
        new(Wall.OwnKey, $"POST {Conversation}/messages", "/conversations/$my_conversation/messages", """{"content":"New"}""", "$key"),
        new(Wall.OwnKey, $"POST {Conversation}/messages:complete", "/conversations/$my_conversation/messages:complete", """{"content":"New?"}""", "$key"),
        new(Wall.AsAbsent, "POST /conversations", "/conversations", """{"title":"Hers","user_id":$user}"""),
        new(Wall.AsAbsent, $"PATCH {Conversation}", "/conversations/$conversation", """{"title":"Hers"}"""),
        new(Wall.AsAbsent, $"POST {Conversation}/messages", "/conversations/$conversation/messages", """{"content":"Hers","role":"user"}"""),
        new(Wall.AsAbsent, $"POST {Conversation}/messages:complete", "/conversations/$conversation/messages:complete", """{"content":"Hers","recall":true,"model":"scripted","max_output_tokens":10,"temperature":1}"""),
        new(Wall.AsAbsent, $"POST {Conversation}/messages:complete", "/conversations/$conversation/messages:complete", """{"regenerate":true}"""),
        new(Wall.AsAbsent, $"POST {Conversation}/messages:complete", "/conversations/$conversation/messages:complete", """{"stream":true}"""),
        new(Wall.AsAbsent, $"PATCH {Message}", "/conversations/$my_conversation/messages/$message", """{"content":"Hers"}"""),
        new(Wall.AsAbsent, $"PATCH {Message}", "/conversations/$conversation/messages/$message", """{"content":"Hers"}"""),
        new(Wall.AsAbsent, $"DELETE {Message}", "/conversations/$my_conversation/messages/$answer"),
        new(Wall.AsAbsent, $"DELETE {Message}", "/conversations/$conversation/messages/$message"),
        new(Wall.AsAbsent, $"DELETE {Conversation}", "/conversations/$conversation"),
        new(Wall.AsAbsent, "PATCH /users/{username}", "/users/$username", """{"password":$password,"new_password":$password}"""),
        new(Wall.AsAbsent, "DELETE /users/{username}", "/users/$username", """{"password":$password}"""),
        new(Wall.OwnOnly, "DELETE /sessions/current", "/sessions/current", IsForOwner: false),
    ];
}
