namespace ChatService.Data;

public enum StorageFault
{
    /// <summary>The database cannot be reached, or did not answer in time.</summary>
    Unavailable,

    /// <summary>More is asked of it at once than it may have open.</summary>
    Overloaded,

    /// <summary>Its disk is full; reading goes on.</summary>
    Full,
}

/// <summary>The database failed, not the request. Nothing was stored unless the commit's answer was lost.</summary>
public sealed class StorageException(StorageFault fault, Exception? inner) : Exception($"Storage: {fault}", inner)
{
    public StorageFault Fault { get; } = fault;
}
