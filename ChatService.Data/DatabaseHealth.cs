using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

public enum DatabaseState
{
    Ready,

    /// <summary>It answers, but not with this version's tables.</summary>
    NotMigrated,

    /// <summary>It cannot be reached, or has too much to do.</summary>
    Away,
}

/// <summary>Whether the database answers and has this version's tables: one statement, at most once a second, however many ask.</summary>
public sealed class DatabaseHealth(ChatDatabase database, TimeProvider time)
{
    private static readonly TimeSpan _goodFor = TimeSpan.FromSeconds(1);
    private readonly Recent<DatabaseState> _state = new(() => LookAsync(database), _goodFor, time);

    /// <summary>It may take as long as a unit of work may.</summary>
    public Task<DatabaseState> FindAsync() => _state.GetAsync();

    private static async Task<DatabaseState> LookAsync(ChatDatabase database)
    {
        try
        {
            return await database.ReadAsync(IsMigratedAsync, CancellationToken.None) ? DatabaseState.Ready : DatabaseState.NotMigrated;
        }
        catch (StorageException)
        {
            return DatabaseState.Away;
        }
        catch (DbException)
        {
            // It answered: there is no such table.
            return DatabaseState.NotMigrated;
        }
    }

    /// <summary>Asking for the migrations in the usual way opens a connection of its own each time. A newer version's table will do.</summary>
    private static async Task<bool> IsMigratedAsync(ChatDbContext db, CancellationToken ct)
    {
        var applied = await db.Database.SqlQuery<string>($"SELECT \"MigrationId\" AS \"Value\" FROM \"__EFMigrationsHistory\"").ToListAsync(ct);
        return db.Database.GetMigrations().All(applied.Contains);
    }
}
