using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>What a watcher of a completion is told.</summary>
public abstract record CompletionEvent;

/// <summary>One more piece of the text.</summary>
/// <param name="Offset">The text's length including this piece, in UTF-16 code units.</param>
public sealed record TextGrown(string Content, int Offset) : CompletionEvent;

/// <summary>The end, whatever it was.</summary>
public sealed record CompletionEnded(Completion Completion) : CompletionEvent;

/// <summary>
/// Watches answers being made. A watcher is an offset into a text that only grows: it gets what is after its offset, waits for a wake-up,
/// and so on to the end. Resuming, joining late, two tabs, slow readers and another instance's answers are all that one rule.
/// </summary>
public sealed class CompletionWatcher(
    ChatDatabase database, CompletionEngine engine, WakeUps wakeUps, CompletionTelemetry telemetry, IOptions<CompletionOptions> options, TimeProvider time)
{
    private static readonly ChatError _badOffset = ChatError.BadInput("after", "An offset is 0 or more.");

    /// <summary>The text after an offset, in pieces, each once, then as it is made, then exactly one end.</summary>
    /// <returns>Errors: BAD_USER_INPUT, NOT_FOUND. A completion deleted meanwhile ends the sequence with a <see cref="ChatException"/>.</returns>
    public async Task<Result<IAsyncEnumerable<CompletionEvent>>> WatchAsync(long owner, long id, int after, CancellationToken ct)
    {
        if (after < 0) return _badOffset;
        var exists = await database.ReadAsync((db, token) => CompletionService.Kept(db, owner).AnyAsync(c => c.Id == id, token), ct);
        return exists ? Result<IAsyncEnumerable<CompletionEvent>>.Of(FollowAsync(new WakeKey(owner, id), after, CancellationToken.None)) : ChatError.NotFound;
    }

    private async IAsyncEnumerable<CompletionEvent> FollowAsync(WakeKey key, int after, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ear = wakeUps.Listen(key);
        var (offset, waited) = (after, false);
        CompletionRun? maker = null;
        while (true)
        {
            var made = engine.Find(key) is { Ended.IsCompleted: false } run ? run : null;
            maker = made ?? maker;
            var unstored = made?.Unstored;
            var ((start, text), ended) = made is null ? await ReadAfterAsync(key, offset, ct) : (made.ReadAfter(offset), null);
            if (text.Length > 0)
            {
                var before = time.GetTimestamp();
                var from = offset;
                offset = start + text.Length;
                yield return new TextGrown(text, offset);
                // What was there before the watcher has kept nobody waiting.
                if (maker is not null && waited) telemetry.Delivered(maker.ArrivalAfter(from));
                var rest = options.Value.JoinInterval - time.GetElapsedTime(before);
                if (ended is null && rest > TimeSpan.Zero) await Task.Delay(rest, time, ct);
            }

            if (ended is not null)
            {
                yield return new CompletionEnded(ended);
                yield break;
            }

            var woken = ear.WaitAsync(ct).AsTask();
            if (unstored is not null && await Task.WhenAny(woken, unstored) == unstored) throw await unstored;
            await woken;
            waited = true;
        }
    }

    /// <summary>What is stored after the offset, and the completion once it has ended: one statement, so one moment.</summary>
    private async Task<((int Start, string Text) Tail, Completion? Ended)> ReadAfterAsync(WakeKey key, int offset, CancellationToken ct)
    {
        var (owner, id) = (key.Owner, key.Completion);
        var found = await database.ReadAsync(
            (db, token) => (
                from completion in db.Completions
                join message in db.Messages on new { completion.OwnerId, completion.Id } equals new { message.OwnerId, message.Id }
                where completion.OwnerId == owner && completion.Id == id
                select new
                {
                    Completion = completion,
                    message.Content,
                    Pieces = db.CompletionTexts
                        .Where(t => t.OwnerId == completion.OwnerId && t.CompletionId == completion.Id
                            && t.Offset >= (db.CompletionTexts.Where(o => o.OwnerId == owner && o.CompletionId == id && o.Offset <= offset).Max(o => (int?)o.Offset) ?? 0))
                        .OrderBy(t => t.Offset).Select(t => new { t.Offset, t.Content }).ToList(),
                }).AsSingleQuery().SingleOrDefaultAsync(token),
            ct) ?? throw new ChatException(ChatError.NotFound);
        if (found.Completion.Status != CompletionStatus.Running) return (Tail(found.Content, offset), found.Completion);
        if (found.Pieces.Count == 0) return ((offset, ""), null);
        var first = found.Pieces[0].Offset;
        var (start, text) = Tail(string.Concat(found.Pieces.Select(p => p.Content)), offset - first);
        return ((first + start, text), null);
    }

    /// <summary>From the offset on; from one unit earlier where that would cut a pair in two.</summary>
    private static (int Start, string Text) Tail(string text, int offset)
    {
        if (offset >= text.Length) return (offset, "");
        var start = offset > 0 && char.IsLowSurrogate(text[offset]) ? offset - 1 : offset;
        return (start, text[start..]);
    }
}
