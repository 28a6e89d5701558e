using System.ComponentModel.DataAnnotations;

namespace ChatService.Data;

public enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

/// <summary>Which database, and how long to wait for it.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary><c>sqlite</c> (default: one file) or <c>postgres</c> (15 or later, with pgvector 0.8 or later).</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>From <c>ConnectionStrings:Chat</c>. Default with SQLite: the file chat.db.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>How long one unit of work may take, its retries included. Default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Passwords and sessions.</summary>
public sealed class SecurityOptions
{
    public const string Section = "Security";

    /// <summary>Characters (Unicode code points), 1 to 128. Default 8.</summary>
    [Range(1, Input.MaximumPasswordLength)]
    public int MinimumPasswordLength { get; set; } = 8;

    /// <summary>A session unused for so long, and at most a tenth of it or 5 minutes longer, has ended. Default 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A session ends so long after sign-in, whatever its use. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>One more sign-in ends the oldest session. Default 10.</summary>
    [Range(1, 1000)]
    public int MaximumSessionsPerUser { get; set; } = 10;

    /// <summary>Password hashes computed at once, 1 to 64; each takes 19 MiB and a core for some 50 ms. Default 1.</summary>
    [Range(1, 64)]
    public int HashesAtOnce { get; set; } = 1;

    /// <summary>Those that wait for it, 0 to 10,000; one more is OVERLOADED. Default 16.</summary>
    [Range(0, 10_000)]
    public int HashesWaiting { get; set; } = 16;

    /// <summary>How long an instance believes what it last read of a session. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan SessionCacheDuration { get; set; } = TimeSpan.FromSeconds(1);
}
