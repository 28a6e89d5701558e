using ChatService.Data;

namespace ChatService.Tests;

public sealed class PostgresSearchTests() : SearchTests(DatabaseKind.Postgres);

public sealed class SqliteSearchTests() : SearchTests(DatabaseKind.Sqlite);

/// <summary>What is found, on either database.</summary>
public abstract class SearchTests(DatabaseKind kind) : SearchSuite(kind)
{
    [Theory]
    [InlineData("L'été à la mer", "ete")]
    [InlineData("Les chevaux galopent", "cheval")]
    [InlineData("La facture est payée", "payer")]
    [InlineData("She was running late", "run")]
    [InlineData("Deux œufs 🧪 et du bœuf", "oeuf")]
    public async Task Words_are_found_in_their_other_forms(string written, string asked)
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, written, "Nothing of the kind");
        await IndexedAsync(ada);
        foreach (var mode in Enum.GetValues<SearchMode>())
            Assert.Equal([written], await FindAsync(ada, asked, mode));
    }

    [Fact]
    public async Task A_message_is_found_by_word_as_soon_as_it_is_written_and_as_it_is_now()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada);
        var message = await WriteAsync(ada, conversation, "The harbour in Genoa");
        Assert.Equal(["The harbour in Genoa"], await FindAsync(ada, "harbour", SearchMode.Keyword));

        Success(await Host.Get<MessageService>().UpdateAsync(ada, message.Id, "The station in Milan", Ct));
        Assert.Empty(await FindAsync(ada, "harbour"));
        Assert.Equal(["The station in Milan"], await FindAsync(ada, "station", SearchMode.Keyword));
        await IndexedAsync(ada);
        Assert.Empty(await FindAsync(ada, "harbour", SearchMode.Semantic));
        Assert.Equal(["The station in Milan"], await FindAsync(ada, "station", SearchMode.Semantic));

        Success(await Host.Get<MessageService>().DeleteAsync(ada, message.Id, Ct));
        Assert.Empty(await FindAsync(ada, "station"));
        Assert.Equal(new SearchStatus(HashingEmbedder.Model, false, 0, 0, 0), await Host.Get<SearchService>().StatusAsync(ada, Ct));
    }
}
