using ChatService.Data;
using ChatService.GraphQL;
using ChatService.Rest;
using GraphQL.Types;

var builder = WebApplication.CreateBuilder(args);
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

if (await app.PrepareAsync(migrateOnly: args.Contains("--migrate"))) return;
app.LogMode();
app.UseKnownProxies();
app.UseChatProblems();
app.UseBrowserRules(graphQL: "/graphql");
app.UseChatPage();
app.UseLimits(graphQL: "/graphql");
app.MapChatGraphQL("/graphql", app.UseIde("/graphql"));
app.MapChatRest();
app.MapRestReference("/docs");
app.MapChatHealth();
app.Run();
