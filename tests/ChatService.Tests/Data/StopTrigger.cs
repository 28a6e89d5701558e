using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

/// <summary>Makes the database refuse to write or remove some rows, such as one message.</summary>
internal static class StopTrigger
{
    public static Task SetAsync(TestDatabase database, long message) =>
        SetAsync(database, "DELETE ON messages", string.Create(CultureInfo.InvariantCulture, $"OLD.id = {message}"));

    public static async Task SetAsync(TestDatabase database, string operation, string condition)
    {
        if (database.Kind == DatabaseKind.Postgres)
        {
            await ExecuteAsync(database, "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$");
            await ExecuteAsync(database, $"CREATE TRIGGER stop BEFORE {operation} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION stop()");
        }
        else
        {
            await ExecuteAsync(database, $"CREATE TRIGGER stop BEFORE {operation} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'stop'); END");
        }
    }

    public static Task DropAsync(TestDatabase database, string table = "messages") =>
        ExecuteAsync(database, database.Kind == DatabaseKind.Postgres ? $"DROP TRIGGER stop ON {table}" : "DROP TRIGGER stop");

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var db = Tables.Open(database);
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
