using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

/// <summary>Makes the removal of one message fail.</summary>
internal static class StopTrigger
{
    public static async Task SetAsync(TestDatabase database, long message)
    {
        if (database.Kind == DatabaseKind.Postgres)
        {
            await ExecuteAsync(database, "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$");
            await ExecuteAsync(database, $"CREATE TRIGGER stop BEFORE DELETE ON messages FOR EACH ROW WHEN (OLD.id = {message}) EXECUTE FUNCTION stop()");
        }
        else
        {
            await ExecuteAsync(database, $"CREATE TRIGGER stop BEFORE DELETE ON messages WHEN OLD.id = {message} BEGIN SELECT RAISE(ABORT, 'stop'); END");
        }
    }

    public static Task DropAsync(TestDatabase database) =>
        ExecuteAsync(database, database.Kind == DatabaseKind.Postgres ? "DROP TRIGGER stop ON messages" : "DROP TRIGGER stop");

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var db = Tables.Open(database);
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
