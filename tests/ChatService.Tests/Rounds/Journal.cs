using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChatService.Tests;

/// <summary>What was found wrong, and how long things took: kept outside the service, whatever becomes of it.</summary>
internal sealed class Journal
{
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _longest = new();
    private Absence? _absence;
    private long _backSince;
    private int _acknowledged;

    /// <summary>How the database is away at this moment; null when it is there.</summary>
    public Absence? Absence => Volatile.Read(ref _absence);

    public int Acknowledged => _acknowledged;

    public IReadOnlyCollection<string> Wrong => _wrong;

    public IReadOnlyDictionary<string, TimeSpan> Longest => _longest;

    public void Note(string wrong) => _wrong.Enqueue(wrong);

    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);

    public void Away(string how) => Volatile.Write(ref _absence, new Absence(how));

    public void Back()
    {
        Volatile.Write(ref _absence, null);
        Interlocked.Exchange(ref _backSince, Stopwatch.GetTimestamp());
    }

    /// <summary>A 503: it counts where the database was away from the question to the answer.</summary>
    public void Refused(Absence? asked, TimeSpan after)
    {
        if (asked is not null && ReferenceEquals(asked, Absence)) Took($"503 when {asked.How}", after);
    }

    /// <summary>A good answer; the first one since the database is back counts.</summary>
    public void Answered()
    {
        if (Interlocked.Exchange(ref _backSince, 0) is not 0 and var since) Took("good again", Stopwatch.GetElapsedTime(since));
    }

    private void Took(string what, TimeSpan time) => _longest.AddOrUpdate(what, time, (_, other) => time > other ? time : other);
}

/// <param name="How"><c>refused</c> or <c>hung</c>.</param>
internal sealed record Absence(string How);
