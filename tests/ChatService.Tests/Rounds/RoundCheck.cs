using System.Text.Json;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

/// <summary>Holds what is stored, and what the API shows of it, against what was acknowledged.</summary>
internal sealed class RoundCheck(TestDatabase database, ScriptedProvider provider)
{
    /// <summary>Waits until nothing runs any more and everything was told.</summary>
    public async Task SettledAsync(IReadOnlyList<Author> authors)
    {
        var owners = authors.Select(author => author.Id).ToList();
        await Eventually.HoldsAsync(async () => !await ReadAsync(db => db.Completions.AnyAsync(c => c.Status == CompletionStatus.Running)));
        var told = await ReadAsync(db => db.Users.Where(u => owners.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.ChangeSequence));
        await Eventually.GetAsync(() => Task.FromResult(authors.Count(author => author.Follower.Last < told[author.Id])), behind => behind == 0);
    }

    public async Task StoredAsync(IReadOnlyList<Author> authors, int faults)
    {
        var calls = provider.Requests.Where(request => request.IsChat).CountBy(request => request.LastUserMessage).ToDictionary();
        foreach (var author in authors)
        {
            foreach (var window in author.Windows) await OwnConversationAsync(author, window);
            await SharedConversationAsync(author);
            await RowsAsync(author, calls, faults);
        }
    }

    /// <summary>Just what was acknowledged, in that order, under the ids and numbers that were told.</summary>
    private static async Task OwnConversationAsync(Author author, Window window)
    {
        var stored = await ListAsync(author, window.Conversation);
        Assert.Equal(window.Lines.Select(line => (line.Role, line.Content)), stored.Select(message => (message.Role, message.Content)));
        foreach (var (line, message) in window.Lines.Zip(stored))
        {
            if (line.Id is not null) Assert.Equal((line.Id, line.Sequence), (message.Id, message.Sequence));
        }
    }

    /// <summary>What several wrote at once: of each just what was acknowledged, in that order.</summary>
    private static async Task SharedConversationAsync(Author author)
    {
        var stored = await ListAsync(author, author.Shared);
        Assert.Equal(author.Windows.Sum(window => window.SharedLines.Count), stored.Count);
        foreach (var window in author.Windows)
        {
            Assert.Equal(
                window.SharedLines.Select(line => (line.Id, line.Sequence, line.Content)),
                stored.Where(m => m.Content.StartsWith(window.Name + ".", StringComparison.Ordinal)).Select(m => ((string?)m.Id, (int?)m.Sequence, m.Content)));
        }
    }

    private async Task RowsAsync(Author author, Dictionary<string, int> calls, int faults)
    {
        var (messages, completions, conversations, keys) = await ReadAsync(async db => (
            await db.Messages.Where(m => m.OwnerId == author.Id).OrderBy(m => m.Sequence).ToListAsync(),
            await db.Completions.Where(c => c.OwnerId == author.Id).ToDictionaryAsync(c => c.Id),
            await db.Conversations.Where(c => c.OwnerId == author.Id).ToListAsync(),
            await db.IdempotencyKeys.CountAsync(k => k.OwnerId == author.Id)));

        // Nothing of anybody else's, and everything as the feed told it.
        Assert.All(messages, m => Assert.True(
            m.Content.Contains(author.Mark, StringComparison.Ordinal) || Window.AnswerTo(author.Mark).StartsWith(m.Content, StringComparison.Ordinal),
            $"{author.Id} has {m.Content}"));
        Assert.Equal(messages.Select(m => $"msg_{m.Id}").Order(), author.Follower.Messages.Order());
        Assert.Equal(conversations.Select(c => $"cnv_{c.Id}").Order(), author.Follower.Conversations.Order());
        Assert.Empty(author.Follower.Running);

        // One key for each thing that was to be done once, and no number given twice.
        var notes = author.Windows.Sum(window => window.Lines.Count(line => line.Role == "USER") + window.SharedLines.Count);
        Assert.True(keys >= notes + author.Windows.Count, $"{keys} keys for {notes} messages");
        Assert.All(messages.GroupBy(m => m.ConversationId), one => Assert.Equal(one.Count(), one.Select(m => m.Sequence).Distinct().Count()));

        foreach (var question in author.Windows.SelectMany(window => window.Questions))
        {
            var asked = Assert.Single(messages, m => m.Role == MessageRole.User && m.Content == question);
            var attempts = messages.Where(m => m.QuestionId == asked.Id).Select(m => completions[m.Id]).ToList();
            Assert.Single(attempts, attempt => attempt.Status == CompletionStatus.Completed);
            Assert.Equal(attempts.Count - 1, attempts.Count(attempt => attempt.Status == CompletionStatus.Interrupted));
            // A second call only where a fault ended the first attempt.
            Assert.InRange(attempts.Count, 1, 1 + faults);
            Assert.InRange(calls.GetValueOrDefault(question), 1, attempts.Count);
        }
    }

    private static async Task<List<(string Id, int Sequence, string Role, string Content)>> ListAsync(Author author, string conversation)
    {
        var all = new List<(string Id, int Sequence, string Role, string Content)>();
        for (string? after = null; ;)
        {
            var data = await author.Client.QueryAsync(
                "query($id: ID!, $after: String) { conversation(id: $id) { messages(first: 100, after: $after) { nodes { id sequence role content } pageInfo { hasNextPage endCursor } } } }",
                new { id = conversation, after });
            var page = data.GetProperty("conversation").GetProperty("messages");
            all.AddRange(page.GetProperty("nodes").EnumerateArray().Select(Message));
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean()) break;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        Assert.Equal(all.Select(m => m.Sequence).Distinct().Order(), all.Select(m => m.Sequence));
        return all;

        static (string Id, int Sequence, string Role, string Content) Message(JsonElement m) => (
            m.GetProperty("id").GetString()!, m.GetProperty("sequence").GetInt32(), m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!);
    }

    /// <summary>How many messages each owner has; for those of earlier rounds it stays.</summary>
    public Task<Dictionary<long, int>> CountAsync() =>
        ReadAsync(db => db.Messages.GroupBy(m => m.OwnerId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count));

    private async Task<T> ReadAsync<T>(Func<ChatDbContext, Task<T>> read)
    {
        await using var db = Tables.Open(database);
        return await read(db);
    }
}
