namespace ChatService.Tests;

/// <summary>The configuration that a test gives the service, in this process or another.</summary>
public static class ChatSettings
{
    public static IReadOnlyDictionary<string, string?> For(TestDatabase database, Uri? provider, IReadOnlyDictionary<string, string?>? further)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Database:Provider"] = database.Provider,
            ["ConnectionStrings:Chat"] = database.ConnectionString,
            // What Production must be told.
            ["AllowedHosts"] = "*",
            // Tests share two cores; those that are about such a time set it.
            ["Database:Deadline"] = "00:00:20",
            ["Transport:OperationTimeout"] = "00:01:00",
            ["Transport:InitTimeout"] = "00:01:00",
            ["Embeddings:QueryTimeout"] = "00:01:00",
            ["Completions:FirstTokenTimeout"] = "00:10:00",
            ["Completions:TokenTimeout"] = "00:10:00",
        };
        if (provider is not null)
        {
            settings["Completions:Models:0:Name"] = "scripted";
            settings["Completions:Models:0:Provider"] = "openai";
            settings["Completions:Models:0:Endpoint"] = provider.AbsoluteUri;
            settings["Completions:Models:0:ModelId"] = "scripted";
            settings["Completions:Models:0:ApiKey"] = "the scripted provider has no key";
        }
        foreach (var (name, value) in further ?? new Dictionary<string, string?>())
            settings[name] = value;
        return settings;
    }
}
