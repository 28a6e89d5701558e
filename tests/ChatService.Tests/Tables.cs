using ChatService.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

/// <summary>A look at what is stored, past a service that runs in another process.</summary>
public static class Tables
{
    public static ChatDbContext Open(TestDatabase database) => database.Kind switch
    {
        DatabaseKind.Postgres => new PostgresChatDbContext(
            new DbContextOptionsBuilder<PostgresChatDbContext>().UseNpgsql(database.ConnectionString, postgres => postgres.UseVector()).Options),
        DatabaseKind.Sqlite => new SqliteChatDbContext(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite(database.ConnectionString).Options),
    };
}
