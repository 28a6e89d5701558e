using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pgvector;

namespace ChatService.Data;

public sealed class PostgresChatDbContext(DbContextOptions<PostgresChatDbContext> options) : ChatDbContext(options)
{
    public override async Task<long> TakeIdsAsync(IdKind kind, CancellationToken ct) =>
        (await Database.SqlQuery<long>($"SELECT nextval({SequenceOf(kind)}::regclass) AS \"Value\"").ToListAsync(ct))[0];

    public override async Task<LockedOwner?> LockOwnerAsync(long owner, CancellationToken ct)
    {
        // Weaker than FOR UPDATE: rows that refer to the owner can still be inserted by units that need no lock.
        var locked = await Users.FromSql($"SELECT * FROM users WHERE id = {owner} FOR NO KEY UPDATE")
            .Select(user => new { User = user, Transaction = CurrentTransaction() }).ToListAsync(ct);
        return locked is [var one] ? new LockedOwner(one.User, one.Transaction) : null;
    }

    public override async Task<bool?> HasCommittedAsync(ulong transaction, CancellationToken ct)
    {
        var number = transaction.ToString(CultureInfo.InvariantCulture);
        var status = await Database.SqlQuery<string?>($"SELECT pg_xact_status({number}::xid8) AS \"Value\"").ToListAsync(ct);
        return status[0] == "in progress" ? null : status[0] == "committed";
    }

    public override IQueryable<Message> SomeOfEach(long owner, IReadOnlyList<long> conversations, int after, int before, int count, bool backwards)
    {
        const string Those = """
            SELECT m.* FROM unnest({1}) AS one (id) CROSS JOIN LATERAL (
                SELECT * FROM messages WHERE owner_id = {0} AND conversation_id = one.id AND sequence > {2} AND sequence < {3} AND NOT superseded
            """;
        var some = Messages.FromSqlRaw(
            backwards ? $"{Those} ORDER BY sequence DESC LIMIT {{4}}) AS m" : $"{Those} ORDER BY sequence LIMIT {{4}}) AS m", owner, conversations, after, before, count);
        return backwards ? some.OrderByDescending(m => m.Sequence) : some.OrderBy(m => m.Sequence);
    }

    /// <summary>For queries only.</summary>
    public static ulong CurrentTransaction() => throw new NotSupportedException();

    public override bool IsUniqueViolation(DbUpdateException fault) =>
        fault.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override StorageFault? FaultOf(DbException fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => StorageFault.Full,
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => StorageFault.Overloaded,
        PostgresException { IsTransient: true } => StorageFault.Unavailable,
        PostgresException { SqlState: ['5', '7', ..] or ['0', '8', ..] or ['2', '8', ..] } => StorageFault.Unavailable,
        // A server that has become, or still is, a standby.
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => StorageFault.Unavailable,
        PostgresException => null,
        NpgsqlException { InnerException: TimeoutException, Message: var said } when said.Contains("pool", StringComparison.Ordinal) => StorageFault.Overloaded,
        NpgsqlException => StorageFault.Unavailable,
        _ => null,
    };

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.HasPostgresExtension("vector");
        foreach (var kind in Enum.GetValues<IdKind>()) model.HasSequence<long>(SequenceOf(kind)).IncrementsBy(IdBlocks.Size);
        model.HasDbFunction(() => CurrentTransaction()).HasName("pg_current_xact_id").IsBuiltIn().HasStoreType("xid8");
        base.OnModelCreating(model);
        model.Entity<MessageEmbedding>().Property(e => e.Vector).HasColumnType("halfvec").HasConversion(v => new HalfVector(v), v => v.ToArray(), MessageEmbedding.ReplacedAsAWhole);
    }

    private static string SequenceOf(IdKind kind) => kind switch
    {
        IdKind.User => "user_ids",
        IdKind.Conversation => "conversation_ids",
        IdKind.Message => "message_ids",
    };
}
