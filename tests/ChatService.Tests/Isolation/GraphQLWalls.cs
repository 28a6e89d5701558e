namespace ChatService.Tests;

/// <summary>What must hold when a document is run with somebody else's names in it.</summary>
internal enum Wall
{
    /// <summary>The answer is the one that names of nothing get.</summary>
    AsAbsent,

    /// <summary>The name is a place or nothing at all: the answer holds the caller's own things, and nobody else's.</summary>
    OwnOnly,

    /// <summary>The name is an idempotency key, which its owner has used before: it is new to anybody else.</summary>
    OwnKey,
}

/// <param name="IsOpen">Whoever has no session is answered, too.</param>
/// <param name="IsForOwner">The owner can run it on their own things, and is answered without an error.</param>
internal sealed record GraphQLWall(Wall Wall, string Document, bool IsOpen = false, bool IsForOwner = true);

/// <summary>
/// Every way to name a thing in GraphQL. In the order in which the owner can go them all: what removes things is last.
/// The schema's coordinates that the documents use are compared with those that exist, so a new one cannot be forgotten.
/// </summary>
internal static class GraphQLWalls
{
    private const string Errors = "errors { code message field }";

    public static readonly GraphQLWall[] All =
    [
        // Queries
        new(Wall.OwnOnly, """
            { me { id username conversations(first: 100, after: $conversationCursor) {
                nodes { id title systemPrompt } edges { cursor node { id owner { id } } } totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }
            """, IsOpen: true),
        new(Wall.OwnOnly, "{ me { conversations(last: 100, before: $conversationCursor, archived: true) { nodes { id } } } }", IsOpen: true),
        new(Wall.AsAbsent, "{ node(id: $user) { id ... on User { username databaseId createdAt conversations { nodes { title } } } } }"),
        new(Wall.AsAbsent, """
            { node(id: $conversation) { id ... on Conversation { databaseId title model createdAt updatedAt archivedAt systemPrompt owner { username } activeCompletion { id } messages { nodes { content } } } } }
            """),
        new(Wall.AsAbsent, "{ node(id: $message) { id ... on Message { databaseId sequence role createdAt editedAt content conversation { title } completion { id } alternatives { content } } } }"),
        new(Wall.AsAbsent, "{ node(id: $answer) { id ... on Message { content conversation { title } completion { id } alternatives { content } } } }"),
        new(Wall.AsAbsent, """
            { node(id: $completion) { id ... on Completion {
                databaseId status finishReason model createdAt finishedAt error { code message retryable } usage { inputTokens outputTokens estimated }
                context { messageCount droppedCount estimatedTokens }
                conversation { title } question { content } message { content } sources { score message { content } } } } }
            """),
        new(Wall.AsAbsent, """
            { nodes(ids: [$user, $conversation, $message, $answer, $completion, $running]) {
                id ... on Conversation { title } ... on Message { content } ... on User { username } } }
            """),
        new(Wall.AsAbsent, "{ conversation(id: $busy) { title activeCompletion { id message { content } } } }"),
        new(Wall.AsAbsent, "{ conversation(id: $conversation) { messages(first: 3, around: $message) { edges { cursor node { content } } totalCount pageInfo { endCursor } } } }"),
        new(Wall.AsAbsent, "{ conversation(id: $my_conversation) { messages(around: $message) { nodes { content } } } }"),
        new(Wall.OwnOnly, "{ conversation(id: $my_conversation) { messages(after: $messageCursor) { nodes { id content } } } }"),
        new(Wall.OwnOnly, "{ conversation(id: $my_conversation) { messages(last: 5, before: $messageCursor) { nodes { id content } } } }"),
        new(Wall.AsAbsent, "{ completion(id: $recalled) { model sources { score message { content conversation { title } } } question { content } } }"),
        new(Wall.AsAbsent, """
            { searchMessages(query: $word) { degraded pageInfo { endCursor } nodes { content }
                edges { cursor snippet score keywordRank semanticRank highlights { start length } node { id conversation { title } } preceding { content } following { content } } } }
            """),
        new(Wall.AsAbsent, "{ searchMessages(query: $word, mode: SEMANTIC) { nodes { content } } }"),
        new(Wall.AsAbsent, "{ searchMessages(query: $word, mode: KEYWORD) { nodes { content } } }"),
        new(Wall.AsAbsent, "{ searchMessages(query: $my_word, filter: { conversationIds: [$conversation] }) { nodes { content } } }"),
        new(Wall.OwnOnly, """
            { searchMessages(query: $my_word, filter: { createdAfter: "2020-01-01T00:00:00Z", createdBefore: "2100-01-01T00:00:00Z" }) { nodes { content } } }
            """),
        new(Wall.OwnOnly, "{ searchMessages(query: $word, after: $searchCursor) { nodes { content } pageInfo { endCursor } } }"),
        new(Wall.OwnOnly, "{ searchStatus { model byMeaning indexed pending failed } }"),
        new(Wall.OwnOnly, "{ changeCursor }"),
        new(Wall.OwnOnly, "{ models { name } }", IsOpen: true),

        // Subscriptions
        new(Wall.AsAbsent, """
            subscription { completionEvents(id: $completion, after: 3) {
                ... on CompletionDelta { content offset } ... on CompletionFinished { completion { id message { content } } } } }
            """),
        // Served from the memory of the instance that makes it, and endless for its owner.
        new(Wall.AsAbsent, "subscription { completionEvents(id: $running) { ... on CompletionDelta { content } } }", IsForOwner: false),
        new(Wall.AsAbsent, "subscription { changes(after: $my_changeCursor, conversationId: $conversation) { cursor kind conversationId messageId } }"),
        new(Wall.OwnOnly, """
            subscription { changes(after: $changeCursor) {
                cursor kind conversationId messageId completionId conversation { title } message { content } completion { message { content } } } }
            """),

        // Mutations
        new(Wall.OwnOnly, $$"""
            mutation { createUser(input: { username: $username, password: "correct horse" }) { user { id } session { token expiresAt user { id } } {{Errors}} } }
            """, IsOpen: true, IsForOwner: false),
        new(Wall.AsAbsent, $$"""
            mutation { signIn(input: { username: $username, password: $my_password }) { session { token user { id username } } {{Errors}} } }
            """, IsOpen: true),
        new(Wall.AsAbsent, $$"""
            mutation { changePassword(input: { currentPassword: $password, newPassword: $password }) { user { username } {{Errors}} } }
            """),
        new(Wall.OwnKey, $$"""
            mutation { createConversation(input: { title: "New", systemPrompt: "Be brief.", model: "scripted", idempotencyKey: $key }) {
                replayed conversation { title } {{Errors}} } }
            """),
        new(Wall.OwnKey, $$"""
            mutation { createMessage(input: { conversationId: $my_conversation, content: "New", idempotencyKey: $key }) { replayed message { content } {{Errors}} } }
            """),
        new(Wall.OwnKey, $$"""
            mutation { complete(input: { conversationId: $my_conversation, content: "New?", model: "scripted", idempotencyKey: $key }) {
                replayed completion { message { content } } {{Errors}} } }
            """),
        new(Wall.AsAbsent, $$"""mutation { createMessage(input: { conversationId: $conversation, content: "Hers" }) { message { conversation { id } } {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""
            mutation { updateConversation(input: { id: $conversation, title: "Hers", systemPrompt: "Hers", model: "scripted" }) { conversation { id } {{Errors}} } }
            """),
        new(Wall.AsAbsent, $$"""
            mutation { complete(input: { conversationId: $conversation, content: "Hers", recall: true }) { completion { conversation { id } } {{Errors}} } }
            """),
        new(Wall.AsAbsent, $$"""mutation { complete(input: { conversationId: $conversation, regenerate: true }) { completion { conversation { id } } {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""mutation { startCompletion(input: { conversationId: $conversation }) { replayed completion { conversation { id } } {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""mutation { updateMessage(input: { id: $message, content: "Hers" }) { message { id } {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""mutation { cancelCompletion(input: { id: $running }) { completion { id status } {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""mutation { deleteMessage(input: { id: $message }) { deletedMessageId {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""mutation { deleteConversation(input: { id: $conversation }) { deletedConversationId {{Errors}} } }"""),
        new(Wall.AsAbsent, $$"""mutation { deleteUser(input: { password: $password }) { deletedUserId {{Errors}} } }"""),
        new(Wall.OwnOnly, $$"""mutation { signOut { {{Errors}} } }""", IsForOwner: false),
    ];
}
