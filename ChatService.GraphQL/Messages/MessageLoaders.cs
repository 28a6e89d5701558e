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

/// <summary>Answers that were replaced, by the number of their question.</summary>
public sealed class ReplacedAnswerLoader(MessageHistory history, CurrentUser me)
    : BatchLoader<long, IEnumerable<Message>>(
        async (ids, ct) => (await history.FindReplacedAsync(me.Id, ids, ct)).ToDictionary(answers => answers.Key, answers => answers.AsEnumerable()));
