using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.ChatCompletion;

namespace ChatService.Data;

/// <summary>
/// Names conversations that were begun without a title, once they have an answer: by the question's first words, or by a model where one
/// is configured for that. What a person called it is never overwritten.
/// </summary>
internal sealed class Titler(ChatDatabase database, ModelCatalog models, ModelCaller caller, CompletionTelemetry telemetry, IOptions<CompletionOptions> options)
{
    private const int WordsLength = 60;
    private const int MaximumTokens = 32;
    private const int QuestionLength = 4_000;
    private const string Instruction =
        "Give this conversation a title of at most six words, in the language of the message. Answer with the title alone, without quotes.";

    /// <summary>The title by the first words, for the transaction that ends the answer; null where a model is to find one.</summary>
    public string? TitleOf(Prompt prompt) => options.Value.TitleModel is null ? FirstWords(QuestionOf(prompt)) : null;

    /// <summary>Asks the model for a title and gives it; where the model fails, the first words.</summary>
    public async Task AskAsync(Completion answer, Prompt prompt, CancellationToken ct)
    {
        if (options.Value.TitleModel is not { } name || !await IsWantedAsync(answer, ct)) return;
        var title = await AskAsync(models.Find(name)!, QuestionOf(prompt), ct);
        await database.ChangeAsync<bool>(
            answer.OwnerId,
            async (unit, token) =>
            {
                var conversation = await unit.Db.Conversations.SingleOrDefaultAsync(c => c.OwnerId == answer.OwnerId && c.Id == answer.ConversationId, token);
                if (conversation is not null) Give(unit, conversation, title);
                return true;
            },
            ct);
    }

    public static void Give(OwnerWork unit, Conversation conversation, string title)
    {
        if (conversation.Title.Length > 0 || title.Length == 0) return;
        conversation.Title = title;
        unit.Tell(ChangeKind.ConversationUpdated, conversation.Id);
    }

    /// <summary>The first line's first words, cut between two of them where that is possible.</summary>
    internal static string FirstWords(string text)
    {
        var line = string.Join(' ', text.Split('\n').Select(part => string.Join(' ', part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            .FirstOrDefault(part => part.Length > 0) ?? "");
        if (line.Length <= WordsLength) return line;
        var end = line.LastIndexOf(' ', WordsLength) is > 0 and var space ? space : char.IsHighSurrogate(line[WordsLength - 1]) ? WordsLength - 1 : WordsLength;
        return line[..end] + "…";
    }

    private Task<bool> IsWantedAsync(Completion answer, CancellationToken ct) => database.ReadAsync(
        (db, token) => db.Conversations.AnyAsync(c => c.OwnerId == answer.OwnerId && c.Id == answer.ConversationId && c.Title == "", token), ct);

    private async Task<string> AskAsync(ChatModel model, string question, CancellationToken ct)
    {
        var history = new ChatHistory(Instruction);
        history.AddUserMessage(question.Length <= QuestionLength ? question : question[..QuestionLength]);
        var (said, ending) = (new StringBuilder(), new CompletionEnding());
        using var call = telemetry.BeginTitle(model);
        try
        {
            await foreach (var piece in caller.AskAsync(model, history, null, MaximumTokens, ct))
            {
                if (piece.Text is { Length: > 0 }) call.Text();
                said.Append(piece.Text);
                ending.Note(piece);
            }

            call.End(ending);
        }
        catch (ProviderException fault)
        {
            call.End(ending with { ErrorCode = fault.Code });
            return FirstWords(question);
        }

        var title = FirstWords(said.ToString().Replace('\0', ' ').Trim().Trim('"', '«', '»', '“', '”'));
        return title.Length > 0 ? title : FirstWords(question);
    }

    private static string QuestionOf(Prompt prompt) => prompt.History[^1].Content ?? "";
}
