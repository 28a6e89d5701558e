using ChatService.Data;

namespace ChatService.GraphQL;

/// <summary>The text that one operation has read, or one event of a stream, until it is written.</summary>
public sealed class TextHold : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HeldBytes _texts;
    private readonly string _caller;
    private readonly int _longest;
    private readonly CancellationTokenSource _stop;
    private HeldBytes.Place _place;
    private long _length;
    private bool _isSealed;

    internal TextHold(HeldBytes texts, string caller, int longest, CancellationTokenSource stop)
    {
        (_texts, _caller, _longest, _stop) = (texts, caller, longest, stop);
        _place = texts.Open(caller);
    }

    /// <summary>
    /// Why it may read no more: an answer with an error where one operation reads more than an answer may say, a refusal where there is no room
    /// for it beside what else is held. Null while it may.
    /// </summary>
    public OperationOutcome? Refusal { get; private set; }

    /// <summary>From here on, what is read in this flow counts.</summary>
    public void Listen() => TextMeter.Listen(Add);

    /// <summary>Nothing more is read. What has been is held until the answer is written.</summary>
    public void Seal()
    {
        lock (_lock) _isSealed = true;
    }

    /// <summary>What was read is written; the next event begins anew.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _place.GiveBack();
            (_place, _length) = (_texts.Open(_caller), 0);
        }
    }

    public void Dispose()
    {
        Seal();
        _place.GiveBack();
    }

    /// <exception cref="OperationCanceledException">It is too much, and the operation is over.</exception>
    private void Add(int length)
    {
        lock (_lock)
        {
            if (_isSealed) return;
            _length += length;
            if (_length > _longest)
                Refusal ??= new Executed(AnswerLength.TooLong($"The messages that it reads have more than {_longest} characters together."));
            else if (!_place.TryGrow(sizeof(char) * _length))
                Refusal ??= OperationGate.Refusal;
            if (Refusal is null) return;
            // Not here: what is called back may wait for others that read.
            _ = _stop.CancelAsync();
        }

        throw new OperationCanceledException(_stop.Token);
    }
}
