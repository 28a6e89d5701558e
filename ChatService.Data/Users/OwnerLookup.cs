using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Whose a thing is: the one look-up that does not begin with an owner, for callers who are known by what they address and by nothing else.
/// Registered where a service is configured to be so trusting, and nowhere else.
/// </summary>
public sealed class OwnerLookup(ChatDatabase database, IOptions<SecurityOptions> options) : IDisposable
{
    private const int MaximumCached = 100_000;

    /// <summary>A conversation never changes hands and its number is never used again; but it may go, and its owner.</summary>
    private readonly MemoryCache _owners = new(new MemoryCacheOptions { SizeLimit = MaximumCached });

    public Task<long?> FindByNameAsync(string username, CancellationToken ct) => Input.NormalizeUsername(username) is { } name
        ? database.ReadAsync((db, token) => db.Users.Where(u => u.UsernameKey == User.KeyOf(name)).Select(u => (long?)u.Id).SingleOrDefaultAsync(token), ct)
        : Task.FromResult<long?>(null);

    public Task<long?> FindByIdAsync(long user, CancellationToken ct) =>
        database.ReadAsync((db, token) => db.Users.Where(u => u.Id == user).Select(u => (long?)u.Id).SingleOrDefaultAsync(token), ct);

    public async Task<long?> FindByConversationAsync(long conversation, CancellationToken ct)
    {
        if (_owners.TryGetValue(conversation, out long known)) return known;
        var owner = await database.ReadAsync(
            (db, token) => db.Conversations.Where(c => c.Id == conversation && db.Users.Any(u => u.Id == c.OwnerId)).Select(c => (long?)c.OwnerId).SingleOrDefaultAsync(token), ct);
        if (owner is not null && options.Value.SessionCacheDuration is { Ticks: > 0 } time)
            _owners.Set(conversation, owner.Value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = time });
        return owner;
    }

    public void Dispose() => _owners.Dispose();
}
