using System.Text.Json;
using ChatService.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatService.Tests;

/// <summary>The facade over scripted answers, for what it does by itself: status lines, frames, pages. One per test class.</summary>
public sealed class Facade : IAsyncLifetime
{
    private WebApplication _app = null!;

    public HttpClient Client { get; private set; } = null!;

    public RestOptions Options => _app.Services.GetRequiredService<IOptions<RestOptions>>().Value;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        builder.Services.AddChatRest(options =>
        {
            options.Run = (_, _, _) => throw new InvalidOperationException("No operation was expected.");
            options.Watch = (_, _, _) => throw new InvalidOperationException("No subscription was expected.");
        });
        _app = builder.Build();
        _app.UseExceptionHandler();
        _app.UseStatusCodePages();
        _app.MapChatRest();
        await _app.StartAsync();
        Client = _app.GetTestClient();
    }

    /// <summary>Answers every operation by its name and variables.</summary>
    public void Answer(Func<Operation, OperationAnswer> answer) => Options.Run = (_, operation, _) => Task.FromResult(answer(operation));

    /// <summary>Answers every operation alike.</summary>
    public void Answer(OperationAnswer answer) => Answer(_ => answer);

    /// <summary>The data as the engine gives it: dictionaries, arrays and plain values.</summary>
    public static OperationAnswer Data(string json) => new(200, (Dictionary<string, object?>)Plain(JsonDocument.Parse(json).RootElement)!, []);

    public static OperationAnswer Refusal(string code, int status = 200, int? retryAfterSeconds = null) =>
        new(status, null, [new OperationError(code, "As the host says.", null, retryAfterSeconds)]);

    public async Task DisposeAsync() => await _app.DisposeAsync();

    private static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(member => member.Name, member => Plain(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number when json.TryGetInt32(out var number) => number,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
