using System.Data.Common;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ChatService.Data;
using Microsoft.AspNetCore.Connections;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

/// <summary>What a start that fails by its settings says: lines for people in place of a stack, and the exit code 1.</summary>
internal static partial class StartRefusal
{
    /// <remarks>Not a catch: a host that runs the program within its own process, as tests do, wants the exception.</remarks>
    public static void TellInWords() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (Explain((Exception)unhandled.ExceptionObject) is not { } words) return;
        Console.Error.WriteLine(words);
        Environment.Exit(1);
    };

    /// <returns>Null for what is no setting's fault, as far as anybody knows.</returns>
    public static string? Explain(Exception fault) => fault switch
    {
        StartRefusedException => fault.Message,
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        InvalidOperationException { InnerException: FormatException or ArgumentException or NotSupportedException or OverflowException } when Conversion().Match(fault.Message) is { Success: true } found =>
            $"{found.Groups["setting"].Value} is not what it must be: {Expected(found.Groups["type"].Value)}.",
        RetryLimitExceededException { InnerException: DbException inner } => $"The database cannot be used: {inner.Message}",
        IOException { InnerException: AddressInUseException } => $"{fault.Message} Stop what listens there, or give --urls another address.",
        SocketException => $"The service cannot listen where it is told to: {fault.Message}",
        DbException => $"The database cannot be used: {fault.Message}",
        _ => null,
    };

    private static string Expected(string typeName)
    {
        var type = AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(typeName)).FirstOrDefault(found => found is not null);
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))}",
            _ when type == typeof(TimeSpan) => "a time, as [days.]hours:minutes:seconds, such as 00:00:30",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(Uri) => "an address, such as http://localhost:11434/v1",
            _ => "a number",
        };
    }

    // The binder's words: they repeat what was given, which may be a secret in the wrong place.
    [GeneratedRegex("at '(?<setting>[^']+)' to type '(?<type>[^']+)'")]
    private static partial Regex Conversion();
}
