using ChatService.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatService.Tests;

public class RestRegistrationTests
{
    [Fact]
    public void Mapping_without_registering_names_what_is_missing()
    {
        var app = Builder().Build();
        var fault = Assert.Throws<InvalidOperationException>(() => app.MapChatRest());
        Assert.Contains("AddChatRest", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_passes_no_delegates_does_not_start()
    {
        var builder = Builder();
        builder.Services.AddChatRest();
        await using var app = builder.Build();
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Contains(fault.Failures, failure => failure.Contains("RestOptions.Run", StringComparison.Ordinal));
        Assert.Contains(fault.Failures, failure => failure.Contains("RestOptions.Watch", StringComparison.Ordinal));
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        return builder;
    }
}
