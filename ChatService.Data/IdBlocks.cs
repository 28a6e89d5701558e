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

    public async ValueTask<long> NextAsync(IdKind kind, CancellationToken ct)
    {
        var block = _blocks[(int)kind];
        await block.Turn.WaitAsync(ct);
        try
        {
            if (block.Next == block.End)
            {
                block.Next = await database.WriteAsync((db, token) => db.TakeIdsAsync(kind, token), ct);
                block.End = block.Next + Size;
            }

            return block.Next++;
        }
        finally
        {
            block.Turn.Release();
        }
    }

    private sealed class Block
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public long Next { get; set; }

        public long End { get; set; }
    }
}
