using ChatService.Data;

namespace ChatService.Tests;

/// <summary>What a wrong sign-in costs tells nothing about the name. Argon2's memory is counted, which no other work on the machine changes.</summary>
[Collection(Alone.Name)]
public sealed class PasswordCostTests
{
    private const long HashBytes = 19_456 * 1024;

    [Fact]
    public async Task An_unknown_name_costs_as_much_as_a_wrong_password()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Sqlite);
        await using var host = await ServiceHost.StartAsync(DatabaseKind.Sqlite, database.ConnectionString);
        Assert.Null((await host.Get<UserService>().CreateAsync("ada", "correct horse battery", CancellationToken.None)).Error);
        foreach (var name in (string[])["ada", "nobody", "no name", "ada"])
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Assert.Equal(ErrorCode.InvalidCredentials, (await host.Get<SessionService>().SignInAsync(name, "wrong password", CancellationToken.None)).Error?.Code);
            // Once, and with the same parameters; what the host does beside it is little.
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, HashBytes, HashBytes * 3 / 2);
        }
    }
}
