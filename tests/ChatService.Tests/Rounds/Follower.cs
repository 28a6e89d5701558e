using ChatService.Data;

namespace ChatService.Tests;

/// <summary>Follows a user's feed from its beginning, over however many connections it takes.</summary>
internal sealed class Follower(CarefulClient client, Journal journal)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(40);

    private readonly HashSet<string> _ended = [];
    private string _cursor = Cursor.Write('f', 0, DateTime.UtcNow.Ticks);

    /// <summary>The number of the last change that was told.</summary>
    public long Last { get; private set; }

    public HashSet<string> Conversations { get; } = [];

    /// <summary>The messages that there are, by what was told.</summary>
    public HashSet<string> Messages { get; } = [];

    /// <summary>The completions that run, by what was told.</summary>
    public HashSet<string> Running { get; } = [];

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(ct);
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
            {
                // On from the cursor, once the service is back.
            }

            await Task.Delay(_pause, CancellationToken.None);
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        const string Feed = "subscription($after: String!) { changes(after: $after) { cursor kind conversationId messageId } }";
        await foreach (var data in client.SubscribeAsync(Feed, new { after = _cursor }, ct))
        {
            var change = data.GetProperty("changes");
            _cursor = change.GetProperty("cursor").GetString()!;
            var keys = new long[2];
            if (!Cursor.TryRead(_cursor, 'f', keys) || keys[0] != Last + 1) journal.Note($"The feed told {keys[0]} after {Last}");
            Tell(change.GetProperty("kind").GetString()!, change.GetProperty("conversationId").GetString()!, change.GetProperty("messageId").GetString());
            Last = keys[0];
        }
    }

    private void Tell(string kind, string conversation, string? message)
    {
        var isNews = kind switch
        {
            "CONVERSATION_CREATED" => Conversations.Add(conversation),
            "MESSAGE_CREATED" => Messages.Add(message!),
            "MESSAGE_UPDATED" => Messages.Contains(message!),
            "MESSAGE_DELETED" => Messages.Remove(message!),
            "COMPLETION_STARTED" => Messages.Contains(message!) && Running.Add(message!),
            // Once more where one that was given up for lost has come whole after all: its start was committed, and told late.
            "COMPLETION_FINISHED" => Running.Remove(message!) ? _ended.Add(message!) : _ended.Remove(message!),
            _ => false,
        };
        if (!isNews) journal.Note($"The feed told {kind} of {message ?? conversation} out of place");
    }
}
