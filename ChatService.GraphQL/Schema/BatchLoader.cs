using GraphQL.DataLoader;

namespace ChatService.GraphQL;

/// <summary>
/// Joins what the fields of one step of an operation ask for into one call. The engine leaves results of this kind until nothing
/// else is left to do, then asks for the first, which fetches for all. Register it scoped: an operation has its own.
/// Nothing is remembered after a fetch, so an event of a stream and the fields after a mutation see the rows as they are then.
/// </summary>
/// <param name="fetch">Rows by key; a key without a row is left out.</param>
/// <param name="maxKeys">Keys of one call; more make a second call beside it.</param>
public class BatchLoader<TKey, TValue>(
    Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch, int maxKeys = 500)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private Batch? _filling;

    /// <returns>The row of that key, null if there is none.</returns>
    public IDataLoaderResult<TValue?> Load(TKey key) => Load(key, row => row);

    /// <returns>What <paramref name="map"/> makes of the row of that key, which may be null.</returns>
    public IDataLoaderResult<TResult> Load<TResult>(TKey key, Func<TValue?, TResult> map)
    {
        lock (_lock)
        {
            if (_filling is null || _filling.Keys.Count >= maxKeys)
                _filling = new Batch();
            _filling.Keys.Add(key);
            return new Pending<TResult>(this, _filling, key, map);
        }
    }

    private Task<IReadOnlyDictionary<TKey, TValue>> FetchAsync(Batch batch, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_filling == batch)
                _filling = null;
            return batch.Rows ??= fetch(batch.Keys, ct);
        }
    }

    private sealed class Batch
    {
        public HashSet<TKey> Keys { get; } = [];
        public Task<IReadOnlyDictionary<TKey, TValue>>? Rows { get; set; }
    }

    private sealed class Pending<TResult>(BatchLoader<TKey, TValue> loader, Batch batch, TKey key, Func<TValue?, TResult> map)
        : IDataLoaderResult<TResult>
    {
        public async Task<TResult> GetResultAsync(CancellationToken cancellationToken = default)
        {
            var rows = await loader.FetchAsync(batch, cancellationToken);
            return map(rows.TryGetValue(key, out var row) ? row : default);
        }

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) => await GetResultAsync(cancellationToken);
    }
}
