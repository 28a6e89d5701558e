using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatService.Data;

/// <summary>An owner's row under its lock.</summary>
/// <param name="Transaction">The database's number for the transaction; null where a commit needs no network.</param>
public sealed record LockedOwner(User User, ulong? Transaction);

/// <summary>
/// The tables, as both databases have them. Whatever is owned has the key (owner, id), and so have the references to it:
/// no row can point into another owner's, and every table can be partitioned by owner as it is.
/// </summary>
public abstract class ChatDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<Completion> Completions => Set<Completion>();

    public DbSet<CompletionText> CompletionTexts => Set<CompletionText>();

    public DbSet<CompletionSource> CompletionSources => Set<CompletionSource>();

    public DbSet<IndexedMessage> IndexedMessages => Set<IndexedMessage>();

    public DbSet<MessageEmbedding> MessageEmbeddings => Set<MessageEmbedding>();

    public DbSet<PendingEmbedding> PendingEmbeddings => Set<PendingEmbedding>();

    public DbSet<SearchModel> SearchModels => Set<SearchModel>();

    public DbSet<Change> Changes => Set<Change>();

    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    /// <summary>Takes the next <see cref="IdBlocks.Size"/> ids; the answer is the first of them.</summary>
    public abstract Task<long> TakeIdsAsync(IdKind kind, CancellationToken ct);

    /// <summary>Locks the owner's row until the transaction ends.</summary>
    /// <returns>The row, tracked; null when there is no such owner.</returns>
    public abstract Task<LockedOwner?> LockOwnerAsync(long owner, CancellationToken ct);

    /// <summary>Whether a transaction was committed whose commit was never answered.</summary>
    /// <param name="transaction">As <see cref="LockedOwner"/> has it.</param>
    /// <param name="ct">The time to find out.</param>
    /// <returns>Null while the database itself does not know yet.</returns>
    public abstract Task<bool?> HasCommittedAsync(ulong transaction, CancellationToken ct);

    /// <summary>
    /// The first so many messages between two sequences of each of these conversations, or the last, from the end on; replaced answers left out.
    /// Its cost goes by what is read, not by what the conversations hold.
    /// </summary>
    public abstract IQueryable<Message> SomeOfEach(long owner, IReadOnlyList<long> conversations, int after, int before, int count, bool backwards);

    /// <summary>Whether the fault means that a unique index refused the row.</summary>
    public abstract bool IsUniqueViolation(DbUpdateException fault);

    /// <summary>What the driver's exception says of the database; null when it says something of the statement.</summary>
    public abstract StorageFault? FaultOf(DbException fault);

    /// <summary>Bytes of a text, which neither database has to read for that. For queries only.</summary>
    public static int OctetLength(string text) => throw new NotSupportedException();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.HasDbFunction(() => OctetLength("")).HasName("octet_length").IsBuiltIn();
        model.Entity<User>(user =>
        {
            user.Property(u => u.Id).ValueGeneratedNever();
            user.Property(u => u.Username).HasMaxLength(Input.MaximumUsernameLength);
            user.Property(u => u.UsernameKey).HasMaxLength(2 * Input.MaximumUsernameLength);
            user.HasIndex(u => u.UsernameKey).IsUnique();
            user.HasIndex(u => u.ErasedAt).HasFilter("erased_at IS NOT NULL");
            user.HasQueryFilter(u => u.ErasedAt == null);
        });
        model.Entity<Session>(session =>
        {
            session.HasKey(s => new { s.OwnerId, s.TokenHash });
            session.HasOne<User>().WithMany().HasForeignKey(s => s.OwnerId);
        });
        model.Entity<Conversation>(conversation =>
        {
            conversation.HasKey(c => new { c.OwnerId, c.Id });
            conversation.HasOne<User>().WithMany().HasForeignKey(c => c.OwnerId);
            conversation.HasIndex(c => c.Id);
            conversation.HasIndex(c => new { c.OwnerId, c.ErasedAt }).HasFilter("erased_at IS NOT NULL");
            conversation.HasQueryFilter(c => c.ErasedAt == null);
            conversation.HasIndex(c => new { c.OwnerId, c.UpdatedAt, c.Id }, "ix_conversations_current").HasFilter("archived_at IS NULL");
            conversation.HasIndex(c => new { c.OwnerId, c.UpdatedAt, c.Id }, "ix_conversations_archived").HasFilter("archived_at IS NOT NULL");
        });
        model.Entity<Message>(message =>
        {
            message.HasKey(m => new { m.OwnerId, m.Id });
            // By its setter, which is heard.
            message.Property(m => m.Content).UsePropertyAccessMode(PropertyAccessMode.Property);
            message.HasOne<Conversation>().WithMany().HasForeignKey(m => new { m.OwnerId, m.ConversationId });
            message.HasOne<Message>().WithMany().HasForeignKey(m => new { m.OwnerId, m.QuestionId }).OnDelete(DeleteBehavior.NoAction);
            message.HasIndex(m => new { m.OwnerId, m.ConversationId, m.Sequence }).IsUnique();
            message.HasIndex(m => new { m.OwnerId, m.QuestionId }, "ix_messages_answers");
            message.HasIndex(m => new { m.OwnerId, m.QuestionId }, "ux_messages_current_answer")
                .IsUnique().HasFilter("question_id IS NOT NULL AND NOT superseded");
        });
        model.Entity<Completion>(completion =>
        {
            completion.HasKey(c => new { c.OwnerId, c.Id });
            completion.HasOne<Message>().WithOne().HasForeignKey<Completion>(c => new { c.OwnerId, c.Id });
            completion.HasIndex(c => new { c.OwnerId, c.ConversationId }, "ux_completions_running").IsUnique().HasFilter("status = 'Running'");
            completion.HasIndex(c => c.LeaseUntil).HasFilter("status = 'Running'");
        });
        model.Entity<CompletionText>(text =>
        {
            text.HasKey(t => new { t.OwnerId, t.CompletionId, t.Offset });
            text.HasOne<Completion>().WithMany().HasForeignKey(t => new { t.OwnerId, t.CompletionId });
        });
        model.Entity<CompletionSource>(source =>
        {
            source.HasKey(s => new { s.OwnerId, s.CompletionId, s.Rank });
            source.HasOne<Completion>().WithMany().HasForeignKey(s => new { s.OwnerId, s.CompletionId });
            source.HasOne<Message>().WithMany().HasForeignKey(s => new { s.OwnerId, s.MessageId });
        });
        model.Entity<IndexedMessage>(message =>
        {
            message.HasKey(m => new { m.OwnerId, m.MessageId });
            message.HasOne<Message>().WithOne().HasForeignKey<IndexedMessage>(m => new { m.OwnerId, m.MessageId });
        });
        model.Entity<MessageEmbedding>(embedding =>
        {
            embedding.HasKey(e => new { e.OwnerId, e.MessageId, e.Model, e.Piece });
            embedding.Property(e => e.Vector);
            embedding.HasOne<Message>().WithMany().HasForeignKey(e => new { e.OwnerId, e.MessageId });
        });
        model.Entity<PendingEmbedding>(pending =>
        {
            pending.HasKey(p => new { p.OwnerId, p.MessageId });
            pending.HasOne<Message>().WithOne().HasForeignKey<PendingEmbedding>(p => new { p.OwnerId, p.MessageId });
            pending.HasIndex(p => p.DueAt);
        });
        model.Entity<SearchModel>().Property(m => m.Id).ValueGeneratedNever();
        model.Entity<Change>(change =>
        {
            change.HasKey(c => new { c.OwnerId, c.Sequence });
            change.HasOne<User>().WithMany().HasForeignKey(c => c.OwnerId);
            change.HasIndex(c => new { c.OwnerId, c.ConversationId });
            change.HasIndex(c => c.CreatedAt);
        });
        model.Entity<IdempotencyKey>(key =>
        {
            key.HasKey(k => new { k.OwnerId, k.Operation, k.Key });
            key.Property(k => k.Key).HasMaxLength(Input.MaximumKeyLength);
            key.HasOne<User>().WithMany().HasForeignKey(k => k.OwnerId);
            key.HasIndex(k => k.CreatedAt);
        });
        foreach (var entity in model.Model.GetEntityTypes())
        {
            Name(model.Entity(entity.ClrType), entity.ClrType.Name);
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<MessageRole>().HaveConversion<string>();
        conventions.Properties<CompletionStatus>().HaveConversion<string>();
        conventions.Properties<FinishReason>().HaveConversion<string>();
        conventions.Properties<CompletionErrorCode>().HaveConversion<string>();
        conventions.Properties<ChangeKind>().HaveConversion<string>();
        conventions.Properties<SearchWalk>().HaveConversion<string>();
        conventions.Properties<IdempotentOperation>().HaveConversion<string>();
    }

    /// <summary>Snake case, as people write SQL.</summary>
    private static void Name(EntityTypeBuilder entity, string name)
    {
        entity.ToTable(Snake(name) + "s");
        foreach (var property in entity.Metadata.GetProperties()) property.SetColumnName(Snake(property.Name));
    }

    private static string Snake(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
