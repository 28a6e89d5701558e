using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>Whether the server keeps what it has acknowledged.</summary>
internal static class PostgresDurability
{
    /// <returns>The names of the settings that are off.</returns>
    public static Task<List<string>> FindOffAsync(ChatDbContext db, CancellationToken ct) => db.Database.SqlQuery<string>(
        $"""
        SELECT name AS "Value" FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) AS name
        WHERE current_setting(name) = 'off' ORDER BY name
        """).ToListAsync(ct);
}
