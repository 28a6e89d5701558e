using Microsoft.EntityFrameworkCore;

namespace ChatService.Tests;

/// <summary>The migrations make the tables of the model; the service itself does not compare them at its start.</summary>
public sealed class MigrationTests
{
    [Theory]
    [InlineData(DatabaseKind.Postgres)]
    [InlineData(DatabaseKind.Sqlite)]
    public async Task No_change_of_the_model_lacks_its_migration(DatabaseKind kind)
    {
        await using var database = await Databases.CreateAsync(kind);
        Assert.False(await ServiceHost.ReadAsync(database, db => Task.FromResult(db.Database.HasPendingModelChanges())));
    }
}
