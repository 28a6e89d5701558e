using GraphQL;
using GraphQL.DI;
using GraphQL.Types;

namespace ChatService.GraphQL;

public static class SchemaExtensions
{
    /// <summary>
    /// Builds the schema from the static methods of the three root classes, type-first; descriptions come from the documentation
    /// files. The scalars are ours, and so is the way from a document to its result (<see cref="OperationRunner"/>).
    /// </summary>
    public static IServiceCollection AddSchema<TQuery, TMutation, TSubscription>(
        this IServiceCollection services, Action<IGraphQLBuilder>? configure = null)
    {
        GlobalSwitches.EnableReadDescriptionFromXmlDocumentation = true;

        services.AddTransient<SubscriptionGraphType<TSubscription>>();
        services.AddTransient(typeof(ConnectionGraphType<>));
        services.AddTransient(typeof(EdgeGraphType<>));
        // Asked for a built-in scalar, the engine takes what is registered under its type.
        services.AddSingleton<StringGraphType, TextScalar>();
        services.AddSingleton<IdGraphType, IdScalar>();
        services.AddSingleton<FloatGraphType, FiniteScalar>();
        services.AddSingleton<LongGraphType, LongScalar>();
        services.AddSingleton<DateTimeGraphType, MomentScalar>();
        services.AddSingleton<Faults>();
        return services.AddGraphQL(builder =>
        {
            builder
                .AddAutoSchema<TQuery>(schema => schema.WithMutation<TMutation>())
                .AddGraphTypeMappingProvider<PageTypeMapping>()
                .ConfigureSchema((schema, provider) =>
                {
                    schema.RegisterVisitor(new DescriptionWrapping());
                    schema.Subscription = provider.GetRequiredService<SubscriptionGraphType<TSubscription>>();
                });
            configure?.Invoke(builder);
        });
    }
}
