using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ChatService.Data;

public sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options)
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int IoError = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int UniqueViolation = 2067;
    private const int PrimaryKeyViolation = 1555;

    public override async Task<long> TakeIdsAsync(IdKind kind, CancellationToken ct)
    {
        var name = kind.ToString();
        return (await Database.SqlQuery<long>(
            $"UPDATE id_counters SET next = next + {IdBlocks.Size} WHERE name = {name} RETURNING next - {IdBlocks.Size} AS \"Value\"").ToListAsync(ct))[0];
    }

    /// <summary>There is one writer at a time, so that a transaction that may write has the lock already.</summary>
    public override async Task<LockedOwner?> LockOwnerAsync(long owner, CancellationToken ct) =>
        await Users.SingleOrDefaultAsync(u => u.Id == owner, ct) is { } user ? new LockedOwner(user, null) : null;

    /// <summary>Nothing lies between the process and its file in which an answer could be lost.</summary>
    public override Task<bool?> HasCommittedAsync(ulong transaction, CancellationToken ct) => throw new NotSupportedException();

    /// <remarks>
    /// It cannot take the first few of each: the sequence of the farthest comes first, then the range up to it. That has one bound on each side,
    /// since of two it would take the first for its index, and ask for the other one with every message.
    /// </remarks>
    public override IQueryable<Message> SomeOfEach(long owner, IReadOnlyList<long> conversations, int after, int before, int count, bool backwards)
    {
        const string Of = "owner_id = {0} AND conversation_id = one.value AND NOT superseded";
        const string Those = $"SELECT m.* FROM json_each({{1}}) AS one CROSS JOIN messages AS m WHERE {Of}";
        const string Between = $"SELECT sequence FROM messages WHERE {Of} AND sequence > {{2}} AND sequence < {{3}}";
        const string First = $"{Those} AND sequence > {{2}} AND sequence <= coalesce(({Between} ORDER BY sequence LIMIT 1 OFFSET {{4}}), {{3}} - 1)";
        const string Last = $"{Those} AND sequence < {{3}} AND sequence >= coalesce(({Between} ORDER BY sequence DESC LIMIT 1 OFFSET {{4}}), {{2}} + 1)";
        var some = Messages.FromSqlRaw(backwards ? Last : First, owner, JsonSerializer.Serialize(conversations), after, before, count - 1);
        return backwards ? some.OrderByDescending(m => m.Sequence) : some.OrderBy(m => m.Sequence);
    }

    public override bool IsUniqueViolation(DbUpdateException fault) =>
        fault.InnerException is SqliteException { SqliteExtendedErrorCode: UniqueViolation or PrimaryKeyViolation };

    public override StorageFault? FaultOf(DbException fault) => fault is not SqliteException { SqliteErrorCode: var code } ? null : code switch
    {
        Full => StorageFault.Full,
        Busy or Locked => StorageFault.Overloaded,
        IoError or CannotOpen => StorageFault.Unavailable,
        _ => null,
    };

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<MessageEmbedding>().Property(e => e.Vector)
            .HasConversion(v => MemoryMarshal.AsBytes<Half>(v).ToArray(), v => MemoryMarshal.Cast<byte, Half>(v).ToArray(), MessageEmbedding.ReplacedAsAWhole);
        model.Entity<IdCounter>(counter =>
        {
            counter.ToTable("id_counters");
            counter.HasKey(c => c.Name);
            counter.Property(c => c.Name).HasColumnName("name");
            counter.Property(c => c.Next).HasColumnName("next");
            counter.HasData(Enum.GetValues<IdKind>().Select(kind => new IdCounter { Name = kind.ToString(), Next = 1 }));
        });
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        base.ConfigureConventions(conventions);
        conventions.Properties<DateTime>().HaveConversion<MicrosecondsConverter>();
    }

    private sealed class IdCounter
    {
        public required string Name { get; init; }

        public long Next { get; init; }
    }

    /// <summary>Microseconds since 1970: SQLite has no type for times, and numbers compare as times do.</summary>
    private sealed class MicrosecondsConverter() : ValueConverter<DateTime, long>(
        time => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        stored => new DateTime(DateTime.UnixEpoch.Ticks + (stored * TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc));
}
