namespace ChatService.GraphQL;

/// <summary>Bounds the bytes that are held at once: those of one key, and all. Who holds little, and who alone holds something, is let in however small the limits are.</summary>
/// <param name="mostOfKey">Bytes.</param>
/// <param name="mostOfAll">Bytes.</param>
/// <param name="little">Bytes that are not counted.</param>
/// <param name="refused">Called for each refusal.</param>
internal sealed class HeldBytes(long mostOfKey, long mostOfAll, int little, Action refused)
{
    private readonly Dictionary<string, long> _ofKeys = [];
    private readonly int _little = little;
    private long _inAll;

    /// <summary>Those that are counted, now.</summary>
    public long InAll => Interlocked.Read(ref _inAll);

    public Place Open(string key) => new(this, key);

    private bool TryCount(string key, long more, long already)
    {
        lock (_ofKeys)
        {
            var held = _ofKeys.GetValueOrDefault(key);
            if ((held > already && held + more > mostOfKey) || (_inAll > already && _inAll + more > mostOfAll))
            {
                refused();
                return false;
            }

            Count(key, more);
            return true;
        }
    }

    private void Count(string key, long change)
    {
        _inAll += change;
        if (_ofKeys.GetValueOrDefault(key) + change is > 0 and var held) _ofKeys[key] = held;
        else _ofKeys.Remove(key);
    }

    /// <summary>What one holds. It is to be given back.</summary>
    internal sealed class Place(HeldBytes all, string key)
    {
        private readonly Lock _lock = new();
        private long _bytes;
        private bool _isOver;

        /// <returns>Whether it may hold so many bytes.</returns>
        public bool TryGrow(long to)
        {
            if (to <= all._little) return true;
            lock (_lock)
            {
                if (to <= _bytes || _isOver) return true;
                if (!all.TryCount(key, to - _bytes, _bytes)) return false;
                _bytes = to;
                return true;
            }
        }

        public void GiveBack()
        {
            lock (_lock)
            {
                if (_isOver) return;
                _isOver = true;
                lock (all._ofKeys) all.Count(key, -_bytes);
            }
        }
    }
}
