using System.Linq.Expressions;
using System.Reflection;
using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;

namespace ChatService.GraphQL;

/// <summary>
/// The subscription root. The library turns a method that returns <c>Task&lt;IAsyncEnumerable&lt;T&gt;&gt;</c> into an observable
/// that pushes its items without ever waiting for the reader. Here the same method is bound as an ordinary field instead: its
/// result is the sequence itself, and <see cref="StreamStrategy"/> takes the next item when the one before has been written.
/// </summary>
public sealed class SubscriptionGraphType<TSubscription> : AutoRegisteringObjectGraphType<TSubscription>
{
    protected override FieldType? CreateField(MemberInfo memberInfo)
    {
        var field = base.CreateField(memberInfo);
        if (field?.StreamResolver is not null)
            field.StreamResolver = new StreamOpener(AutoRegisteringHelper.BuildFieldResolver(memberInfo, typeof(TSubscription), field, Instance));
        return field;
    }

    private static LambdaExpression Instance { get; } = Expression.Lambda<Func<IResolveFieldContext, TSubscription>>(
        Expression.Default(typeof(TSubscription)), Expression.Parameter(typeof(IResolveFieldContext), "context"));
}

/// <summary>Opens the source of a subscription field.</summary>
public sealed class StreamOpener(IFieldResolver method) : ISourceStreamResolver
{
    public async ValueTask<IAsyncEnumerable<object?>> OpenAsync(IResolveFieldContext context)
        => await method.ResolveAsync(context) as IAsyncEnumerable<object?>
            ?? throw new InvalidOperationException($"The subscription '{context.FieldDefinition.Name}' must give an IAsyncEnumerable of a reference type.");

    /// <summary>The library's way, which nothing here takes.</summary>
    ValueTask<IObservable<object?>> ISourceStreamResolver.ResolveAsync(IResolveFieldContext context)
        => throw new NotSupportedException("Subscriptions are pulled, not observed.");
}
