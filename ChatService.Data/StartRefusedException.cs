namespace ChatService.Data;

/// <summary>The service does not start like this; the message says what is expected, a line for each rule.</summary>
public sealed class StartRefusedException(string message, Exception? cause = null) : Exception(message, cause);
