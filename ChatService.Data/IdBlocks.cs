namespace ChatService.Data;

/// <summary>Messages and completions share their numbers: a completion has the id of the message that it makes.</summary>
public enum IdKind
{
    User,
    Conversation,
    Message,
}

/// <summary>
/// Ids that are known before the insert, so that a repeated attempt writes the same rows and not new ones.
/// Each instance takes blocks from the database and hands them out; what is left of a block at the end is never used.
/// </summary>
public sealed class IdBlocks(ChatDatabase database)
{
    public const int Size = 32;

    private readonly Block[] _blocks = [.. Enum.GetValues<IdKind>().Select(_ => new Block())];

    /// <exception cref="StorageException">The database failed: all who wait for the same block hear of it at once.</exception>
    public async ValueTask<long> NextAsync(IdKind kind, CancellationToken ct)
    {
        var block = _blocks[(int)kind];
        while (true)
        {
            Task taking;
            lock (block)
            {
                if (block.Next < block.End) return block.Next++;
                taking = block.Taking ??= TakeAsync(kind, block);
            }

            await taking.WaitAsync(ct);
        }
    }

    /// <summary>Not with any caller's token: others wait for it too.</summary>
    private async Task TakeAsync(IdKind kind, Block block)
    {
        await Task.Yield();
        try
        {
            var first = await database.WriteAsync((db, token) => db.TakeIdsAsync(kind, token), CancellationToken.None);
            lock (block) (block.Next, block.End) = (first, first + Size);
        }
        finally
        {
            lock (block) block.Taking = null;
        }
    }

    private sealed class Block
    {
        public long Next { get; set; }

        public long End { get; set; }

        /// <summary>While the next block is on its way.</summary>
        public Task? Taking { get; set; }
    }
}
