using GraphQL;
using GraphQL.Execution;

namespace ChatService.GraphQL;

/// <summary>
/// How long an answer becomes: its names and texts in UTF-16 units, anything else as a few. One text may stand in it a thousand
/// times and is held once, so only what would be written tells.
/// </summary>
internal static class AnswerLength
{
    private const int Punctuation = 4;
    private const int Number = 8;

    /// <returns>The answer, or in its place an error where it is longer than that.</returns>
    public static OperationResult Bound(int limit, ExecutionNode? answer, IEnumerable<ExecutionError>? errors)
        => IsWithin(limit, answer) ? new OperationResult(answer, ErrorReport.From(errors)) : TooLong($"The answer has more than {limit} characters.");

    public static OperationResult TooLong(string message) => new(null, [new OperationError(Codes.QueryTooComplex, message)]);

    /// <returns>Whether the answer is within the limit; the reckoning stops where it is not.</returns>
    private static bool IsWithin(long limit, ExecutionNode? answer) => Rest(limit, answer) >= 0;

    /// <returns>What is left of the limit; below zero there is nothing more to reckon.</returns>
    private static long Rest(long limit, ExecutionNode? node)
    {
        switch (node)
        {
            case ValueExecutionNode { Result: var value }:
                return limit - LengthOf(value);
            case ObjectExecutionNode { SubFields: { } fields }:
                for (var i = 0; i < fields.Length && limit >= 0; i++)
                    limit = Rest(limit - Punctuation - fields[i].Name!.Length, fields[i]);
                return limit;
            case ArrayExecutionNode { Items: { } items }:
                for (var i = 0; i < items.Count && limit >= 0; i++)
                    limit = Rest(limit, items[i]);
                return limit;
            case ArrayExecutionNode { SerializedResult: { } values }:
                return limit - values.Cast<object?>().Sum(LengthOf);
            default:
                return limit - Number;
        }
    }

    private static long LengthOf(object? value) => value is string text ? text.Length : Number;
}
