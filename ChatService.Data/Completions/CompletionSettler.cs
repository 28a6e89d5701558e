using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>How an answer ended, gathered while it was made.</summary>
internal sealed record CompletionEnding
{
    public CompletionStatus Status { get; init; }

    public CompletionErrorCode? ErrorCode { get; init; }

    public FinishReason? FinishReason { get; private set; }

    public int? InputTokens { get; private set; }

    public int? OutputTokens { get; private set; }

    public void Note(AnswerPiece piece)
    {
        FinishReason ??= piece.FinishReason;
        InputTokens = piece.InputTokens ?? InputTokens;
        OutputTokens = piece.OutputTokens ?? OutputTokens;
    }
}

/// <summary>
/// An answer as it is to be committed. What takes time to find out about its text, up to a million characters, is found out before the
/// transaction, and once for all attempts.
/// </summary>
/// <param name="Terms">What search finds it by; null for what is not to be found.</param>
/// <param name="Title">For a conversation that has none; null where a model is to find one.</param>
internal sealed record MadeAnswer(string Text, string? Terms, int OutputTokens, CompletionEnding Ending, string? Title)
{
    public static MadeAnswer Of(CompletionRun run, CompletionEnding ending, string? title)
    {
        var text = run.Text;
        var isFound = text.Length > 0 && ending.Status is (CompletionStatus.Completed or CompletionStatus.Cancelled);
        return new MadeAnswer(
            text, isFound ? Analyzer.ForIndex(text) : null, ending.OutputTokens ?? run.Model.Tokens.Count(text), ending,
            ending.Status == CompletionStatus.Completed ? title : null);
    }
}

/// <summary>Commits the end of a completion: status, usage and the final text in one transaction, and only once.</summary>
internal sealed class CompletionSettler(ChatDatabase database)
{
    /// <summary>Settles what an instance made itself.</summary>
    /// <returns>The row as it is now, settled by this call or by an earlier one; null when it is gone.</returns>
    public async Task<Completion?> SettleAsync(Completion begun, Guid instance, MadeAnswer made, CancellationToken ct)
    {
        var ending = made.Ending;
        var settled = await database.ChangeAsync<Completion>(
            begun.OwnerId,
            async (unit, token) =>
            {
                var row = await FindAsync(unit, begun.Id, token);
                if (row is null) return ChatError.NotFound;
                if (row.Instance != instance || !await IsOpenAsync(unit, row, token)) return row;
                row.FinishReason = ending.Status == CompletionStatus.Completed ? ending.FinishReason : null;
                row.UsageEstimated = ending.InputTokens is null || ending.OutputTokens is null;
                row.InputTokens = ending.InputTokens ?? row.ContextTokens;
                row.OutputTokens = made.OutputTokens;
                row.ErrorCode = ending.ErrorCode;
                var ended = await EndAsync(unit, row, ending.Status, made.Text, made.Terms, token);
                if (made.Title is { } title)
                    Titler.Give(unit, await unit.Db.Conversations.SingleAsync(c => c.OwnerId == row.OwnerId && c.Id == row.ConversationId, token), title);
                return ended;
            },
            ct);
        return settled.Value;
    }

    /// <summary>Settles as interrupted what an instance left that is not heard of any more, with the text that it had stored.</summary>
    public async Task InterruptAsync(long owner, long id, Func<Completion, DateTime, bool> isLeft, CancellationToken ct) => await database.ChangeAsync<Completion>(
        owner,
        async (unit, token) =>
        {
            var row = await FindAsync(unit, id, token);
            if (row is not { Status: CompletionStatus.Running } || !isLeft(row, unit.Now)) return ChatError.NotFound;
            var pieces = await unit.Db.CompletionTexts.Where(t => t.OwnerId == owner && t.CompletionId == id).OrderBy(t => t.Offset).Select(t => t.Content).ToListAsync(token);
            return await EndAsync(unit, row, CompletionStatus.Interrupted, string.Concat(pieces), terms: null, token);
        },
        ct);

    /// <summary>
    /// Not settled; or given up by another instance, which had not heard of this one for a while, and not replaced since:
    /// the whole answer is there after all.
    /// </summary>
    private static async Task<bool> IsOpenAsync(OwnerWork unit, Completion row, CancellationToken ct) =>
        row.Status == CompletionStatus.Running
        || (row.Status == CompletionStatus.Interrupted
            && await unit.Db.Messages.AnyAsync(m => m.OwnerId == row.OwnerId && m.Id == row.Id && !m.Superseded, ct));

    private static Task<Completion?> FindAsync(OwnerWork unit, long id, CancellationToken ct) =>
        unit.Db.Completions.SingleOrDefaultAsync(c => c.OwnerId == unit.Owner.Id && c.Id == id, ct);

    private static async Task<Completion> EndAsync(
        OwnerWork unit, Completion row, CompletionStatus status, string text, string? terms, CancellationToken ct)
    {
        var owner = unit.Owner.Id;
        var message = await unit.Db.Messages.SingleAsync(m => m.OwnerId == owner && m.Id == row.Id, ct);
        message.Content = text;
        (row.Status, row.FinishedAt) = (status, unit.Now);
        if (terms is not null) MessageIndexing.Add(unit, message, terms);
        var conversation = await unit.Db.Conversations.SingleAsync(c => c.OwnerId == owner && c.Id == row.ConversationId, ct);
        conversation.UpdatedAt = unit.Now;
        await unit.Db.CompletionTexts.Where(t => t.OwnerId == owner && t.CompletionId == row.Id).ExecuteDeleteAsync(ct);
        unit.Tell(ChangeKind.CompletionFinished, row.ConversationId, row.Id);
        return row;
    }
}
