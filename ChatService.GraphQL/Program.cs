using ChatService.Data;
using ChatService.GraphQL;
using ChatService.Rest;
using GraphQL.Types;

StartRefusal.TellInWords();
// What is published may be started from anywhere: its settings and its pages lie beside it.
var isElsewhere = !File.Exists("appsettings.json") && Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = isElsewhere ? AppContext.BaseDirectory : null });
builder.ConfigureChatServer();
builder.AddChatLogs();
builder.AddChatTelemetry();
builder.Services.AddChatData(builder.Configuration);
builder.Services.AddChatSchema();
builder.Services.AddTransports();
builder.Services.AddBrowserRules();
builder.Services.AddChatFacade(builder.Configuration);
builder.Services.AddChatHealth();

var app = builder.Build();
if (args.Contains("--print-schema"))
{
    Console.Write(SchemaFile.Print(app.Services.GetRequiredService<ISchema>()));
    return;
}

if (await app.PrepareAsync(migrateOnly: args.Contains("--migrate")))
{
    // Its lines of the log wait in a queue.
    await app.DisposeAsync();
    return;
}

app.LogMode();
app.UseKnownProxies();
app.UseLastAnswers();
app.UseChatProblems();
app.UseBrowserRules(graphQL: "/graphql");
app.UseChatPage();
app.UseLimits(graphQL: "/graphql");
app.MapChatGraphQL("/graphql", app.UseIde("/graphql"));
app.MapChatRest();
app.MapRestReference("/docs");
app.MapChatHealth();
app.Run();
