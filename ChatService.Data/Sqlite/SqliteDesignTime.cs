using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ChatService.Data;

/// <summary>For <c>dotnet ef migrations add</c>, which needs a context but no database.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteChatDbContext>
{
    public SqliteChatDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite("Data Source=:memory:").Options);
}
