using System.Net.Sockets;
using Npgsql;

namespace ChatService.Tests;

public sealed class FaultyProxyTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private FaultyProxy _proxy = null!;
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _database = await Databases.CreateAsync(DatabaseKind.Postgres);
        _proxy = FaultyProxy.Start(_database);
        _source = NpgsqlDataSource.Create(_proxy.ConnectionString);
        await ExecuteAsync("CREATE TABLE kept (id int)");
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_whose_reply_is_lost_has_happened()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO kept VALUES (1)", connection, transaction);
        await insert.ExecuteNonQueryAsync();

        var lost = _proxy.LoseReplyOfNextCommitAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => transaction.CommitAsync());
        await lost;
        Assert.Equal(1L, await CountAsync());
    }

    [Fact]
    public async Task Only_the_commit_asked_for_is_lost()
    {
        for (var id = 1; id <= 2; id++)
        {
            await using var connection = await _source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var insert = new NpgsqlCommand("INSERT INTO kept VALUES (1)", connection, transaction);
            await insert.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
        Assert.Equal(2L, await CountAsync());
    }

    [Fact]
    public async Task A_cut_breaks_what_is_open_and_nothing_else()
    {
        await using var connection = await _source.OpenConnectionAsync();
        _proxy.Cut();
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await Assert.ThrowsAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
        Assert.Equal(0L, await CountAsync());
    }

    [Fact]
    public async Task A_refusal_lasts_until_it_is_taken_back()
    {
        await _proxy.RefuseAsync();
        _source.Clear();
        var error = await Assert.ThrowsAsync<NpgsqlException>(() => CountAsync());
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
        _proxy.Accept();
        Assert.Equal(0L, await CountAsync());
    }

    [Fact]
    public async Task A_stalled_query_goes_on_when_it_may()
    {
        Assert.Equal(0L, await CountAsync());
        _proxy.Stall();
        var count = CountAsync();
        await using (var direct = NpgsqlDataSource.Create(_database.ConnectionString))
        await using (var command = direct.CreateCommand("SELECT count(*) FROM kept"))
            await command.ExecuteNonQueryAsync();
        Assert.False(count.IsCompleted);
        _proxy.Resume();
        Assert.Equal(0L, await count);
    }

    private async Task<object?> CountAsync()
    {
        await using var command = _source.CreateCommand("SELECT count(*) FROM kept");
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
