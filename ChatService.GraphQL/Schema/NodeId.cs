using System.Globalization;
using ChatService.Data;

namespace ChatService.GraphQL;

public enum NodeKind
{
    User,
    Conversation,
    Message,
    Completion,
}

/// <summary>Global ids: what kind of object, and its number. <c>msg_42</c> is message 42.</summary>
public static class NodeId
{
    private static readonly (NodeKind Kind, string Prefix)[] _prefixes =
        [(NodeKind.User, "usr_"), (NodeKind.Conversation, "cnv_"), (NodeKind.Message, "msg_"), (NodeKind.Completion, "cpl_")];

    public static string Write(NodeKind kind, long id) => string.Create(CultureInfo.InvariantCulture, $"{_prefixes[(int)kind].Prefix}{id}");

    /// <summary>The number of an object of that kind; null for whatever else was sent, which is as absent.</summary>
    public static long? Read(NodeKind kind, string id) => Read(id) is { } node && node.Kind == kind ? node.Id : null;

    public static (NodeKind Kind, long Id)? Read(string id)
    {
        foreach (var (kind, prefix) in _prefixes)
        {
            // One spelling for each object: no leading zeros, no signs.
            if (id.StartsWith(prefix, StringComparison.Ordinal) && id.Length > prefix.Length && id[prefix.Length] is >= '1' and <= '9'
                && long.TryParse(id.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return (kind, number);
        }

        return null;
    }

    /// <summary>Runs what needs the number, or answers as for an absent object.</summary>
    public static Task<Result<T>> Then<T>(NodeKind kind, string id, Func<long, Task<Result<T>>> work) =>
        Read(kind, id) is { } number ? work(number) : Task.FromResult<Result<T>>(ChatError.NotFound);
}
