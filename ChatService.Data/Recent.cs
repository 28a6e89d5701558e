namespace ChatService.Data;

/// <summary>Something that many may ask for and that is looked up seldom: by one at a time, and good for a while.</summary>
internal sealed class Recent<T>(Func<Task<T>> look, TimeSpan goodFor, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Task<T>? _looking;
    private long _since;

    public Task<T> GetAsync()
    {
        lock (_lock)
        {
            if (_looking is null || (_looking.IsCompleted && time.GetElapsedTime(_since) >= goodFor))
            {
                _since = time.GetTimestamp();
                _looking = look();
            }

            return _looking;
        }
    }
}
