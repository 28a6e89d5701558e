using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>Messages by their number.</summary>
public sealed class MessageLoader(MessageHistory history, CurrentUser me)
    : BatchLoader<long, Message>(async (ids, ct) => await history.FindManyAsync(me.Id, ids, ct));

/// <summary>The questions, by the number of the answer.</summary>
public sealed class QuestionLoader(MessageHistory history, CurrentUser me)
    : BatchLoader<long, Message>(async (ids, ct) => await history.FindQuestionsAsync(me.Id, ids, ct));

/// <summary>What answers say that are being made, by the number of the answer.</summary>
public sealed class MessageTextLoader(MessageHistory history, CurrentUser me)
    : BatchLoader<long, string>(async (ids, ct) => await history.FindTextsAsync(me.Id, ids, ct));

/// <summary>How many of the answers to a question that were replaced are wanted.</summary>
public readonly record struct ReplacedAnswers(long Question, int Count);

/// <summary>Answers that were replaced, oldest first.</summary>
public sealed class ReplacedAnswerLoader(MessageHistory history, CurrentUser me) : BatchLoader<ReplacedAnswers, IEnumerable<Message>>(
    async (wanted, ct) =>
    {
        var found = new Dictionary<ReplacedAnswers, IEnumerable<Message>>();
        foreach (var alike in wanted.GroupBy(one => one.Count))
        {
            var answers = await history.FindReplacedAsync(me.Id, [.. alike.Select(one => one.Question)], alike.Key, ct);
            foreach (var one in alike) found[one] = answers[one.Question];
        }

        return found;
    });
