using GraphQL;
using GraphQL.Types;

namespace ChatService.GraphQL;

/// <summary>
/// For a root field that tells where things stand: wherever a query names it, it is read before any other field begins, so that
/// whatever the others miss comes after it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadFirstAttribute : GraphQLAttribute
{
    private const string Key = "ReadFirst";

    public override void Modify(FieldType fieldType, bool isInputType) => fieldType.WithMetadata(Key, true);

    public static bool IsOn(FieldType field) => field.HasMetadata(Key);
}
