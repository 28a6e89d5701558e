using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>Which model's vectors the service searches, and which model is being built.</summary>
public sealed class SearchModels(ChatDatabase database, Embedders embedders)
{
    /// <summary>As it stands in the database: another instance may have switched a moment ago.</summary>
    public async Task<(string Serving, string? Building)> FindAsync(CancellationToken ct)
    {
        var row = await database.ReadAsync((db, token) => db.SearchModels.SingleOrDefaultAsync(m => m.Id == SearchModel.OnlyId, token), ct);
        return row is null ? (embedders.Configured, null) : (row.Serving, row.Building);
    }
}
