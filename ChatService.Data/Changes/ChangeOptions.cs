using System.ComponentModel.DataAnnotations;

namespace ChatService.Data;

/// <summary>How long what is only kept for a while is kept.</summary>
public sealed class ChangeOptions
{
    public const string Section = "Changes";

    /// <summary>How far back the feed of changes goes. Default 7 days; an older cursor is CURSOR_EXPIRED.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an idempotency key is known. Default 48 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan KeysKeptFor { get; set; } = TimeSpan.FromHours(48);

    /// <summary>Between two rounds of removing what is older. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "1.00:00:00")]
    public TimeSpan PurgeInterval { get; set; } = TimeSpan.FromMinutes(10);
}
