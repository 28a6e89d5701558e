using ChatService.Data;
using ChatService.Rest;
using Microsoft.Extensions.Options;

namespace ChatService.GraphQL;

public static class FacadeExtensions
{
    /// <summary>The REST facade over this process's own operations.</summary>
    public static IServiceCollection AddChatFacade(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(FacadeOptions.Section);
        services.AddOptions<FacadeOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FacadeRunner>();
        services.AddOptions<RestOptions>().Configure<FacadeRunner, IOptions<FacadeOptions>, IOptions<TransportOptions>>((rest, runner, facade, transport) =>
        {
            rest.Run = runner.RunAsync;
            rest.Watch = runner.WatchAsync;
            rest.ReceiveTimeout = transport.Value.ReceiveTimeout;
            rest.NormalizeName = name => Input.NormalizeUsername(name) ?? name;
            rest.Documented = facade.Value.Mode == FacadeMode.Documented;
        });
        if (section.Get<FacadeOptions>()?.Mode == FacadeMode.Documented)
        {
            services.AddSingleton<OwnerLookup>().AddSingleton<DocumentedCaller>();
            // The documented requests have short passwords.
            services.PostConfigure<SecurityOptions>(security => security.MinimumPasswordLength = 1);
        }

        return services.AddChatRest();
    }
}
