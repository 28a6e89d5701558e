using System.Data.Common;
using System.Globalization;
using ChatService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ChatService.Tests;

/// <summary>What is stored, table by table, past the service.</summary>
internal static class StoredRows
{
    /// <summary>How many rows each table has.</summary>
    public static Task<IReadOnlyList<string>> CountAsync(TestDatabase database) => ReadAsync(
        database, table => $"SELECT count(*) FROM {table.GetTableName()}");

    /// <summary>All that an owner has, column by column, but for the lease of a completion that runs, which is renewed without anybody's wish.</summary>
    public static Task<IReadOnlyList<string>> OfAsync(TestDatabase database, long owner) => ReadAsync(database, table =>
    {
        var key = table.ClrType == typeof(User) ? nameof(User.Id) : nameof(Conversation.OwnerId);
        if (table.FindProperty(key) is not { } property || (key == nameof(User.Id) && table.ClrType != typeof(User))) return null;
        var columns = table.GetProperties().Where(column => column.Name != nameof(Completion.LeaseUntil)).Select(column => $"\"{column.GetColumnName()}\"");
        return string.Create(CultureInfo.InvariantCulture, $"SELECT {string.Join(", ", columns)} FROM {table.GetTableName()} WHERE {property.GetColumnName()} = {owner}");
    });

    /// <summary>The same once all that goes on by itself is done: messages indexed, the text of the completion that runs written down.</summary>
    public static async Task<IReadOnlyList<string>> AtRestAsync(TestDatabase database, long owner)
    {
        // The tables are read one after the other: what moved from one to another meanwhile shows in a second reading.
        IReadOnlyList<string> last = [];
        return await Eventually.GetAsync(
            async () =>
            {
                var rows = await OfAsync(database, owner);
                var isSame = rows.SequenceEqual(last);
                last = rows;
                return isSame ? rows : [];
            },
            rows => rows.Any(row => row.StartsWith("completion_texts:", StringComparison.Ordinal))
                && !rows.Any(row => row.StartsWith("pending_embeddings:", StringComparison.Ordinal)));
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(TestDatabase database, Func<IEntityType, string?> select)
    {
        await using var db = Tables.Open(database);
        await db.Database.OpenConnectionAsync();
        List<string> rows = [];
        foreach (var table in db.Model.GetEntityTypes())
        {
            if (select(table) is not { } statement) continue;
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // Names of tables and a number, none of them from outside.
            command.CommandText = statement;
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) rows.Add($"{table.GetTableName()}: {Write(reader)}");
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private static string Write(DbDataReader row) => string.Join(
        " | ",
        Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) is byte[] bytes
            ? Convert.ToHexString(bytes)
            : Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture)));
}
