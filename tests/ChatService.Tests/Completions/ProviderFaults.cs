namespace ChatService.Tests;

/// <summary>One way for a provider to fail, and what comes of it.</summary>
/// <param name="Model">The configured model that fails so.</param>
/// <param name="Replies">What the provider does; two replies where the first failure is tried again.</param>
public sealed record ProviderFault(string Model, string Code, int Status, string Text, params Func<Reply>[] Replies)
{
    private const string Scripted = "scripted";

    /// <summary>Nothing comes, until the service has waited long enough: the time that ends it.</summary>
    public string? Patience { get; private init; }

    public static IReadOnlyDictionary<string, ProviderFault> All { get; } = new Dictionary<string, ProviderFault>
    {
        ["refused"] = new("refused", "PROVIDER_UNAVAILABLE", 503, ""),
        ["unknown host"] = new("unknown", "PROVIDER_UNAVAILABLE", 503, ""),
        ["connecting hangs"] = new("hanging", "PROVIDER_UNAVAILABLE", 503, "") { Patience = "ConnectTimeout" },
        ["no TLS"] = new("tls", "PROVIDER_UNAVAILABLE", 503, ""),
        ["400"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => Reply.Failure(400)),
        ["401"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => Reply.Failure(401)),
        ["408"] = new(Scripted, "PROVIDER_TIMEOUT", 504, "", () => Reply.Failure(408)),
        ["429"] = new(Scripted, "PROVIDER_UNAVAILABLE", 503, "", () => Reply.Failure(429, "0"), () => Reply.Failure(429)),
        ["429 for long"] = new(Scripted, "PROVIDER_UNAVAILABLE", 503, "", () => Reply.Failure(429, "6")),
        ["500"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => Reply.Failure(500, "0"), () => Reply.Failure(500)),
        ["503"] = new(Scripted, "PROVIDER_UNAVAILABLE", 503, "", () => Reply.Failure(503, "0"), () => Reply.Failure(503)),
        ["504"] = new(Scripted, "PROVIDER_TIMEOUT", 504, "", () => Reply.Failure(504, "0"), () => Reply.Failure(504)),
        ["no first token"] = new(Scripted, "PROVIDER_TIMEOUT", 504, "", () => new Reply().Wait(new Gate())) { Patience = "FirstTokenTimeout" },
        ["stalls in the middle"] = new(Scripted, "PROVIDER_TIMEOUT", 504, "Half of ", () => Reply.Of("Half of ").Wait(new Gate())) { Patience = "TokenTimeout" },
        ["cut in the middle of a chunk"] = new(Scripted, "PROVIDER_INCOMPLETE", 502, "Half of ", () => Reply.Of("Half of ").Raw("data: {\"id\":\"ch").Cut()),
        ["half a chunk"] = new(Scripted, "PROVIDER_INCOMPLETE", 502, "Half of ", () => Reply.Of("Half of ").Raw("data: {\"id\":\"ch").Stop()),
        ["no finish reason"] = new(Scripted, "PROVIDER_INCOMPLETE", 502, "Half of ", () => Reply.Of("Half of ").Finish(null)),
        ["ends at once"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => new Reply().Stop()),
        ["{}"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => new Reply().Raw("data: {}\n\n")),
        ["{} in the middle"] = new(Scripted, "PROVIDER_INCOMPLETE", 502, "Half of ", () => Reply.Of("Half of ").Raw("data: {}\n\n")),
        ["no choices"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => new Reply().Raw("data: {\"choices\":null}\n\n")),
        ["error event"] = new(Scripted, "PROVIDER_INCOMPLETE", 502, "Half of ", () => Reply.Of("Half of ").ErrorEvent()),
        ["error event at once"] = new(Scripted, "PROVIDER_ERROR", 502, "", () => new Reply().ErrorEvent()),
    };
}
