namespace ChatService.Data;

/// <summary>An error in the middle of a stream, where no result can carry it any more.</summary>
public sealed class ChatException(ChatError error) : Exception(error.Message)
{
    public ChatError Error { get; } = error;
}
