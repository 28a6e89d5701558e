namespace ChatService.Data;

/// <summary>One owner's unit of work: the open transaction, the owner's locked row, the time it happens at, and what it tells the feed.</summary>
public sealed class OwnerWork(ChatDbContext db, User owner, DateTime now)
{
    private readonly List<(ChangeKind Kind, long Conversation, long? Message)> _told = [];

    public ChatDbContext Db { get; } = db;

    public User Owner { get; } = owner;

    /// <summary>UTC, microseconds: one time for everything in the unit.</summary>
    public DateTime Now { get; } = now;

    public void Tell(ChangeKind kind, long conversation, long? message = null) => _told.Add((kind, conversation, message));

    internal bool NumberChanges()
    {
        foreach (var (kind, conversation, message) in _told)
        {
            Db.Changes.Add(new Change
            {
                OwnerId = Owner.Id,
                Sequence = ++Owner.ChangeSequence,
                Kind = kind,
                ConversationId = conversation,
                MessageId = message,
                CreatedAt = Now,
            });
        }

        return _told.Count > 0;
    }
}
