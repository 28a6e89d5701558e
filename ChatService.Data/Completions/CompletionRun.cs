using System.Diagnostics;
using System.Text;

namespace ChatService.Data;

/// <summary>Why an answer stopped before its end.</summary>
internal enum StopReason
{
    None,
    Cancelled,
    Interrupted,

    /// <summary>Its conversation is gone: nothing is kept.</summary>
    Abandoned,
}

/// <summary>One answer while this process makes it: the text so far, and the way to stop it.</summary>
internal sealed class CompletionRun(Completion row, Prompt prompt, ChatModel model)
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(int End, long At)> _arrivals = [];
    // Not disposed: it holds no timer, and somebody may still be about to cancel it.
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Completion?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<StorageException> _unstored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _flushed;
    private char? _halfPair;

    public Completion Row { get; } = row;

    public Prompt Prompt { get; } = prompt;

    public ChatModel Model { get; } = model;

    public WakeKey Key => new(Row.OwnerId, Row.Id);

    public StopReason StopReason { get; private set; }

    /// <summary>No more text will come: what there is goes into the message now, not into pieces.</summary>
    public bool IsMade { get; set; }

    public CancellationToken Stopped => _stop.Token;

    /// <summary>The row as it was committed; null when the completion is gone. Waits until then.</summary>
    public Task<Completion?> Ended => _ended.Task;

    /// <summary>
    /// The next attempt to commit the end that fails. The attempts go on, but whoever waits for the answer must not wait as long as them.
    /// </summary>
    public Task<StorageException> Unstored => Volatile.Read(ref _unstored).Task;

    public string Text
    {
        get
        {
            lock (_lock) return _text.ToString();
        }
    }

    /// <summary>Of the text so far, in UTF-16 code units.</summary>
    public int Length
    {
        get
        {
            lock (_lock) return _text.Length;
        }
    }

    /// <summary>Adds what the provider sent. Half a surrogate pair waits for its other half; what no database can keep is replaced.</summary>
    public bool Append(string piece)
    {
        var sound = WellFormedText.Join(ref _halfPair, piece);
        if (sound.Length == 0) return false;
        lock (_lock)
        {
            _text.Append(sound);
            _arrivals.Add((_text.Length, Stopwatch.GetTimestamp()));
        }

        return true;
    }

    /// <summary>The text after an offset, and where it begins: one unit earlier where the offset would cut a pair in two. Empty when there is none yet.</summary>
    public (int Start, string Text) ReadAfter(int offset)
    {
        lock (_lock)
        {
            if (offset >= _text.Length) return (offset, "");
            var start = offset > 0 && char.IsLowSurrogate(_text[offset]) ? offset - 1 : offset;
            return (start, _text.ToString(start, _text.Length - start));
        }
    }

    /// <summary>When the text after an offset began to be there, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public long ArrivalAfter(int offset)
    {
        lock (_lock)
        {
            var (low, high) = (0, _arrivals.Count - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_arrivals[middle].End > offset) high = middle;
                else low = middle + 1;
            }

            return _arrivals.Count == 0 ? Stopwatch.GetTimestamp() : _arrivals[low].At;
        }
    }

    /// <summary>What is not in the database yet, as a row; null when there is nothing.</summary>
    public CompletionText? Unflushed()
    {
        lock (_lock)
        {
            if (_flushed == _text.Length) return null;
            return new CompletionText
            {
                OwnerId = Row.OwnerId,
                CompletionId = Row.Id,
                Offset = _flushed,
                Content = _text.ToString(_flushed, _text.Length - _flushed),
            };
        }
    }

    /// <summary>The database has the text up to here.</summary>
    public void Flushed(int end)
    {
        lock (_lock) _flushed = end;
    }

    /// <summary>Ends the call to the provider. The first reason counts.</summary>
    public void Stop(StopReason reason)
    {
        lock (_lock)
        {
            if (StopReason == StopReason.None) StopReason = reason;
        }

        _stop.Cancel();
    }

    public void CouldNotStore(StorageException fault) =>
        Interlocked.Exchange(ref _unstored, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(fault);

    public void End(Completion? committed) => _ended.TrySetResult(committed);
}
