namespace ChatService.Data;

internal static class Stopping
{
    /// <summary>
    /// What a worker does until it is stopped. The host takes its being cut short for a fault where the service has never quite started, and tells that
    /// at length beside the reason why it has not.
    /// </summary>
    public static async Task EndedBy(this Task work, CancellationToken stopping)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }
}
