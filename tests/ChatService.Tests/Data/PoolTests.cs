using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace ChatService.Tests;

/// <summary>More asked at once than the pool has connections for.</summary>
public sealed class PoolTests
{
    [Fact]
    public async Task Whoever_gets_no_connection_is_told_to_come_again_and_later_gets_one()
    {
        await using var database = await Databases.CreateAsync(DatabaseKind.Postgres);
        var people = new List<Person>();
        var conversations = new List<string>();
        await using var app = ChatApp.Start(database, settings: new Dictionary<string, string?>
        {
            ["ConnectionStrings:Chat"] = $"{database.ConnectionString};Maximum Pool Size=2",
            ["Database:Deadline"] = "00:00:02",
        });
        // Another one has them ready, with connections for everybody and all the time it needs.
        await using (var roomy = ChatApp.Start(database))
        {
            while (people.Count < 8)
            {
                using var person = await Person.SignUpAsync(roomy.Address, $"ada{people.Count}");
                conversations.Add(await person.CreateConversationAsync("Busy"));
                people.Add(person.At(app.Address));
            }
        }

        await using (var admin = new NpgsqlConnection(database.AdminConnectionString + ";Pooling=false"))
        {
            await admin.OpenAsync();
            await using var transaction = await admin.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("SELECT id FROM users FOR UPDATE", admin, transaction)) await hold.ExecuteNonQueryAsync();
            // Two hold both connections and wait for their rows; the others wait for a connection.
            var refused = await Task.WhenAll(people.Zip(conversations, (person, conversation) => RefusedAsync(person, conversation)));
            Assert.Contains("STORAGE_UNAVAILABLE", refused);
            Assert.Contains("OVERLOADED", refused);
        }

        await Task.WhenAll(people.Zip(conversations, (person, conversation) => Eventually.HoldsAsync(() => IsSentAsync(person, conversation))));
        people.ForEach(person => person.Dispose());
    }

    private static async Task<bool> IsSentAsync(Person person, string conversation)
    {
        using var response = await SendAsync(person, conversation);
        return response.StatusCode == HttpStatusCode.Created;
    }

    private static async Task<string?> RefusedAsync(Person person, string conversation)
    {
        using var response = await SendAsync(person, conversation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(response.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    private static Task<HttpResponseMessage> SendAsync(Person person, string conversation) =>
        person.Http.PostAsJsonAsync($"/conversations/{Person.NumberOf(conversation)}/messages", new { content = "Now?" });
}
