namespace ChatService.Data;

/// <summary>
/// Token buckets, one for each key: a bucket holds so many tokens, a request takes one, and after a time one comes back. Nothing runs in
/// between; what has come back is counted when somebody asks. The keys are bounded: when there are too many, those whose buckets
/// are nearest to full are forgotten, which gives their owners the least.
/// </summary>
/// <param name="size">Tokens of a full bucket.</param>
/// <param name="refill">The time for one token to come back.</param>
/// <param name="capacity">The most keys that are remembered.</param>
/// <param name="slow">After so many failures in a row a token takes this long to come back; null: never.</param>
public sealed class TokenBuckets<TKey>(int size, TimeSpan refill, int capacity, TimeProvider time, (int Failures, TimeSpan Refill)? slow = null)
    where TKey : notnull
{
    /// <summary>What arithmetic may lose of a token that has just come back.</summary>
    private const double Tolerance = 1e-6;

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Bucket> _buckets = [];

    public int Count
    {
        get
        {
            lock (_lock) return _buckets.Count;
        }
    }

    /// <summary>Takes a token, or several at once; more than a bucket holds are a whole bucket.</summary>
    /// <returns>Null if they were there; else how long it takes until they are, and none is taken.</returns>
    public TimeSpan? Take(TKey key, int count = 1)
    {
        count = Math.Min(count, size);
        var now = time.GetUtcNow().UtcTicks;
        lock (_lock)
        {
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                if (_buckets.Count >= capacity) Forget(now);
                bucket = new Bucket(size, now, 0);
            }

            var tokens = TokensOf(bucket, now);
            if (WaitOf(bucket, tokens, count) is { } wait) return wait;
            _buckets[key] = bucket with { Tokens = Math.Max(0, tokens - count), At = now };
            return null;
        }
    }

    /// <summary>Whether there is a token, which stays.</summary>
    public TimeSpan? Peek(TKey key)
    {
        var now = time.GetUtcNow().UtcTicks;
        lock (_lock) return _buckets.TryGetValue(key, out var bucket) ? WaitOf(bucket, TokensOf(bucket, now), 1) : null;
    }

    /// <summary>Tells how what a token was taken for went: failures count until one goes well.</summary>
    public void Note(TKey key, bool failed)
    {
        var now = time.GetUtcNow().UtcTicks;
        lock (_lock)
        {
            // What has come back so far came at the pace until now.
            if (_buckets.TryGetValue(key, out var bucket))
                _buckets[key] = new Bucket(TokensOf(bucket, now), now, failed ? bucket.Failures + 1 : 0);
        }
    }

    private TimeSpan? WaitOf(Bucket bucket, double tokens, int wanted) => tokens < wanted - Tolerance ? (wanted - tokens) * RefillOf(bucket) : null;

    /// <summary>A clock that was set back takes nothing away.</summary>
    private double TokensOf(Bucket bucket, long now) => Math.Min(size, bucket.Tokens + (Math.Max(0, now - bucket.At) / (double)RefillOf(bucket).Ticks));

    private TimeSpan RefillOf(Bucket bucket) => slow is var (failures, slowly) && bucket.Failures >= failures ? slowly : refill;

    /// <summary>A quarter at once, so that the sorting is paid for by many requests.</summary>
    private void Forget(long now)
    {
        var fullest = _buckets.OrderBy(entry => (size - TokensOf(entry.Value, now)) * RefillOf(entry.Value)).Take((capacity / 4) + 1).Select(entry => entry.Key).ToList();
        foreach (var key in fullest) _buckets.Remove(key);
    }

    private readonly record struct Bucket(double Tokens, long At, int Failures);
}
