namespace ChatService.GraphQL;

public static class ChatSchema
{
    /// <summary>The public contract: the root types, what they reach, and how their fields are loaded.</summary>
    public static IServiceCollection AddChatSchema(this IServiceCollection services)
    {
        services.AddScoped<NodeFinder>().AddScoped<UserLoader>();
        services.AddScoped<ConversationPageLoader>().AddScoped<ConversationCountLoader>();
        services.AddScoped<MessagePageLoader>().AddScoped<PageAroundLoader>().AddScoped<MessageCountLoader>();
        services.AddScoped<ConversationLoader>().AddScoped<SystemPromptLoader>().AddScoped<ActiveCompletionLoader>();
        services.AddScoped<MessageLoader>().AddScoped<QuestionLoader>().AddScoped<MessageTextLoader>().AddScoped<ReplacedAnswerLoader>();
        services.AddScoped<CompletionLoader>().AddScoped<CompletionSourceLoader>().AddScoped<NeighbourLoader>();
        services.AddSingleton<CompletionEventType>();
        return services.AddSchema<Query, Mutation, Subscription>();
    }
}
