using System.Diagnostics;

namespace ChatService.Tests;

/// <summary>Over when it has lasted, and when enough was done for a ratio to say something.</summary>
internal sealed class LoadWindow(TimeSpan span, Load measure)
{
    private const int Enough = 20;
    private readonly Stopwatch _since = Stopwatch.StartNew();

    public bool IsOver => _since.Elapsed >= span && measure.Served >= Enough;
}
