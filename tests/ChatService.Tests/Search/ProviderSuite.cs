namespace ChatService.Tests;

/// <summary>The same with a server for models and embedders, which each test configures as it needs.</summary>
public abstract class ProviderSuite(DatabaseKind kind, params (string Key, string Value)[] settings) : SearchSuite(kind, settings)
{
    protected ScriptedProvider Provider { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        Provider = await ScriptedProvider.StartAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
