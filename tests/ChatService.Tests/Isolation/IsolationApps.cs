namespace ChatService.Tests;

/// <summary>A service with somebody whom nobody may touch, and somebody else who tries.</summary>
public abstract class IsolationApp(DatabaseKind kind, string mode)
    : AppFixture(kind, ("Facade:Mode", mode), ("Limits:Enabled", "false"), ("Embeddings:Sweep", "00:00:00.05"));

public sealed class SecurePostgresApp() : IsolationApp(DatabaseKind.Postgres, "secure");

public sealed class SecureSqliteApp() : IsolationApp(DatabaseKind.Sqlite, "secure");

public sealed class DocumentedPostgresApp() : IsolationApp(DatabaseKind.Postgres, "documented");

public sealed class DocumentedSqliteApp() : IsolationApp(DatabaseKind.Sqlite, "documented");
