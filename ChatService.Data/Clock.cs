namespace ChatService.Data;

/// <summary>The time as it is stored: UTC, cut to the microseconds that both databases keep.</summary>
public sealed class Clock(TimeProvider time)
{
    public TimeProvider Time { get; } = time;

    public DateTime Now
    {
        get
        {
            var now = Time.GetUtcNow().UtcDateTime;
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }
}
