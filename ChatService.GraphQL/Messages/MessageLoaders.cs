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

/// <summary>A page of a conversation's messages.</summary>
public readonly record struct MessagePage(long Conversation, PageRequest Page);

/// <summary>Pages of messages: one query for all conversations that the same page is wanted of.</summary>
public sealed class MessagePageLoader(MessageHistory history, CurrentUser me) : BatchLoader<MessagePage, Result<Page<Message>>>(
    async (wanted, ct) =>
    {
        var found = new Dictionary<MessagePage, Result<Page<Message>>>();
        foreach (var alike in wanted.GroupBy(one => one.Page))
        {
            var pages = await history.ListAsync(me.Id, [.. alike.Select(one => one.Conversation)], alike.Key, ct);
            foreach (var one in alike) found[one] = pages.Failed ? pages.Error : pages.Value[one.Conversation];
        }

        return found;
    });

/// <summary>A page of a conversation's messages with that one in its middle.</summary>
public readonly record struct PageAround(long Conversation, long Message, int? First);

/// <summary>Pages around messages. A message is in one conversation: the others are not asked for it.</summary>
public sealed class PageAroundLoader(MessageHistory history, CurrentUser me) : BatchLoader<PageAround, Result<Page<Message>>>(
    async (wanted, ct) =>
    {
        var messages = await history.FindManyAsync(me.Id, [.. wanted.Select(one => one.Message)], ct);
        var found = new Dictionary<PageAround, Result<Page<Message>>>();
        foreach (var one in wanted)
        {
            found[one] = messages.GetValueOrDefault(one.Message)?.ConversationId == one.Conversation
                ? await history.ListAroundAsync(me.Id, one.Conversation, one.Message, one.First, ct)
                : ChatError.NotFound;
        }

        return found;
    });

/// <summary>How many messages conversations have.</summary>
public sealed class MessageCountLoader(MessageHistory history, CurrentUser me)
    : BatchLoader<long, int>(async (ids, ct) => await history.CountAsync(me.Id, ids, ct));
