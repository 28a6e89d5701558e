namespace ChatService.Data;

/// <summary>The provider failed, in the service's own terms; the inner exception is for the log.</summary>
internal sealed class ProviderException(CompletionErrorCode code, Exception? inner = null, int? status = null)
    : Exception(status is null ? $"Provider: {code}" : $"Provider: {code}, HTTP {status}", inner)
{
    public CompletionErrorCode Code { get; } = code;
}
