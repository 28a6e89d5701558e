using System.Globalization;
using ChatService.Data;
using ChatService.Rest;

namespace ChatService.GraphQL;

/// <summary>Who a call acts for in documented mode: the owner of what it addresses. Registered in that mode alone.</summary>
internal sealed class DocumentedCaller(OwnerLookup owners)
{
    /// <summary>The second is what becomes of the first where a known proxy has sent it.</summary>
    private static readonly string[] _beginnings = ["X-Forwarded-", "X-Original-"];

    private static readonly string[] _forwarding =
        ["Forwarded", "Via", "X-Forwarded", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP"];

    /// <summary>Behind a proxy every caller looks local; such a call is refused.</summary>
    public static bool IsForwarded(HttpContext http) =>
        _forwarding.Any(http.Request.Headers.ContainsKey)
        || http.Request.Headers.Keys.Any(name => _beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)));

    public async Task<Caller> FindAsync(Addressed addressed, HttpContext http, CancellationToken ct)
    {
        var owner = addressed.Kind switch
        {
            AddressKind.Nobody => null,
            AddressKind.UserName => await owners.FindByNameAsync(addressed.Value, ct),
            AddressKind.User => await owners.FindByIdAsync(long.Parse(addressed.Value, CultureInfo.InvariantCulture), ct),
            AddressKind.Conversation => await owners.FindByConversationAsync(long.Parse(addressed.Value, CultureInfo.InvariantCulture), ct),
        };
        return Caller.Anonymous(http) with { UserId = owner };
    }
}
