using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ChatService.Data;

/// <summary>For <c>dotnet ef migrations add</c>, which needs a context but no database.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresChatDbContext>
{
    public PostgresChatDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresChatDbContext>().UseNpgsql("Host=nowhere", postgres => postgres.UseVector()).Options);
}
