using System.Globalization;
using ChatService.Data;
using ChatService.Rest;

namespace ChatService.GraphQL;

/// <summary>Who a call acts for in documented mode: the owner of what it addresses. Registered in that mode alone.</summary>
internal sealed class DocumentedCaller(OwnerLookup owners)
{
    private static readonly string[] _forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Original-For"];

    /// <summary>Behind a proxy every caller looks local; such a call is refused.</summary>
    public static bool IsForwarded(HttpContext http) => _forwarding.Any(http.Request.Headers.ContainsKey);

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
