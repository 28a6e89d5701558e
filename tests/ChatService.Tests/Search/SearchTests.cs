using ChatService.Data;
using Microsoft.EntityFrameworkCore;

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

    [Fact]
    public async Task Phrases_ask_for_words_that_follow_one_another()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, "the green door of the house", "the house with the door painted green");
        await IndexedAsync(ada);
        Assert.Equal(2, (await FindAsync(ada, "green door", SearchMode.Keyword)).Length);
        Assert.Equal(["the green door of the house"], await FindAsync(ada, "house \"green door\"", SearchMode.Keyword));
        Assert.Empty(await FindAsync(ada, "\"door green\"", SearchMode.Keyword));
    }

    [Fact]
    public async Task Nobody_finds_what_is_not_theirs()
    {
        var (ada, grace) = (await SignUpAsync("Ada"), await SignUpAsync("Grace"));
        var hers = await ConverseAsync(ada, "Only talk about penguins.", "Penguins breed in winter");
        await ConverseAsync(grace, null, "Penguins breed in summer");
        await IndexedAsync(ada);
        await IndexedAsync(grace);
        foreach (var mode in Enum.GetValues<SearchMode>())
        {
            Assert.Equal(["Penguins breed in summer"], await FindAsync(grace, "penguins breed", mode));
            Assert.Empty(await FindAsync(grace, "penguins breed", mode, new SearchFilter { Conversations = [hers] }));
        }
    }

    [Fact]
    public async Task Filters_act_before_the_ranking()
    {
        var ada = await SignUpAsync("Ada");
        var first = await ConverseAsync(ada, "Answer about tulips.", "tulips one", "tulips two");
        var second = await ConverseAsync(ada, null, "tulips three");
        await IndexedAsync(ada);
        var middle = (await SearchAsync(ada, "two", SearchMode.Keyword)).Hits.Single().Message.CreatedAt;
        foreach (var mode in Enum.GetValues<SearchMode>())
        {
            Assert.Equal(4, (await FindAsync(ada, "tulips", mode)).Length);
            Assert.Equal(["tulips three"], await FindAsync(ada, "tulips", mode, new SearchFilter { Conversations = [second] }));
            Assert.Equal(3, (await FindAsync(ada, "tulips", mode, new SearchFilter { Conversations = [first, 987_654] })).Length);
            Assert.Equal(["Answer about tulips."], await FindAsync(ada, "tulips", mode, new SearchFilter { Roles = [MessageRole.System] }));
            Assert.Equal(["tulips three"], await FindAsync(ada, "tulips", mode, new SearchFilter { CreatedAfter = middle }));
            Assert.Equal(
                ["Answer about tulips.", "tulips one"],
                (await FindAsync(ada, "tulips", mode, new SearchFilter { CreatedBefore = middle })).Order(StringComparer.Ordinal));
            Assert.Empty(await FindAsync(ada, "tulips", mode, new SearchFilter { Roles = [] }));
            Assert.Empty(await FindAsync(ada, "tulips", mode, new SearchFilter { Conversations = [] }));
        }
    }

    [Fact]
    public async Task A_long_message_is_found_by_any_of_its_pieces_and_shows_the_one()
    {
        var ada = await SignUpAsync("Ada");
        var content = string.Join("\n", new[] { "Glaciers melt slowly.", "Violins sing 🎻 softly.", "Saffron smells sweetly." }.SelectMany(said => Enumerable.Repeat(said, 60)));
        await ConverseAsync(ada, null, content);
        await IndexedAsync(ada);
        foreach (var (asked, shown) in new[] { ("glacier", "Glaciers"), ("violin", "Violins"), ("saffron", "Saffron") })
        {
            foreach (var mode in Enum.GetValues<SearchMode>())
            {
                var hit = Assert.Single((await SearchAsync(ada, asked, mode)).Hits);
                Assert.Contains(shown, hit.Snippet.Highlights.Select(range => hit.Snippet.Text.Substring(range.Start, range.Length)));
            }
        }
    }

    [Fact]
    public async Task Both_ranks_are_given_and_fused()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, "invoice invoice invoice", "an invoice for the repaired bicycle", "invoicing and invoiced things");
        await IndexedAsync(ada);
        var hits = (await SearchAsync(ada, "invoice")).Hits;
        Assert.Equal(3, hits.Count);
        Assert.All(hits, hit => Assert.Equal(
            (hit.SemanticRank is { } s ? 1.0 / (60 + s) : 0) + (hit.KeywordRank is { } k ? 1.0 / (60 + k) : 0), hit.Score, 12));
        Assert.Equal(hits.OrderByDescending(hit => hit.Score).Select(hit => hit.Message.Id), hits.Select(hit => hit.Message.Id));
        Assert.All((await SearchAsync(ada, "invoice", SearchMode.Keyword)).Hits, hit => Assert.Null(hit.SemanticRank));
        Assert.All((await SearchAsync(ada, "invoice", SearchMode.Semantic)).Hits, hit => Assert.Null(hit.KeywordRank));
    }

    [Fact]
    public async Task Nothing_relevant_is_an_empty_list()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, "We repaired the bicycle in spring", "The train to Lyon leaves at noon");
        await IndexedAsync(ada);
        foreach (var mode in Enum.GetValues<SearchMode>())
        {
            Assert.Empty(await FindAsync(ada, "quantum chromodynamics", mode));
            Assert.Empty(await FindAsync(ada, "?!… 🧪", mode));
        }
    }

    [Fact]
    public async Task Pages_do_not_shift_when_messages_come_and_go()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada, null, [.. Enumerable.Range(0, 12).Select(i => $"the lighthouse {string.Join(' ', Enumerable.Repeat("keeper", i))}")]);
        await IndexedAsync(ada);
        foreach (var mode in Enum.GetValues<SearchMode>())
        {
            var whole = (await SearchAsync(ada, "lighthouse", mode, first: 100)).Hits.Select(hit => hit.Message.Id).ToList();
            var page = await SearchAsync(ada, "lighthouse", mode, first: 4);
            Assert.True(page.HasNext);
            Assert.False(page.HasPrevious);
            var added = await WriteAsync(ada, conversation, "lighthouse");
            await IndexedAsync(ada);
            List<long> read = [.. page.Hits.Select(hit => hit.Message.Id)];
            while (page.HasNext)
            {
                page = await SearchAsync(ada, "lighthouse", mode, first: 3, after: page.Hits[^1].Cursor);
                read.AddRange(page.Hits.Select(hit => hit.Message.Id));
            }

            Assert.Equal(whole, read);
            Success(await Host.Get<MessageService>().DeleteAsync(ada, added.Id, Ct));
        }

        var first = await SearchAsync(ada, "lighthouse", first: 4);
        var expected = (await SearchAsync(ada, "lighthouse", first: 100)).Hits[4].Message.Id;
        Success(await Host.Get<MessageService>().DeleteAsync(ada, first.Hits[^1].Message.Id, Ct));
        Assert.Equal(expected, (await SearchAsync(ada, "lighthouse", first: 4, after: first.Hits[^1].Cursor)).Hits[0].Message.Id);
    }

    [Fact]
    public async Task A_cursor_serves_only_the_search_that_it_is_of()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, "a lighthouse", "the lighthouse");
        await IndexedAsync(ada);
        var after = (await SearchAsync(ada, "lighthouse", first: 1)).Hits[0].Cursor;
        Assert.Single((await SearchAsync(ada, "lighthouse", first: 1, after: after)).Hits);
        foreach (var request in new SearchRequest[]
        {
            new("lighthouses", SearchMode.Hybrid, SearchFilter.All, 1, after),
            new("lighthouse", SearchMode.Keyword, SearchFilter.All, 1, after),
            new("lighthouse", SearchMode.Hybrid, new SearchFilter { Roles = [MessageRole.User] }, 1, after),
            new("lighthouse", SearchMode.Hybrid, SearchFilter.All, 1, "nonsense"),
            new("lighthouse", SearchMode.Hybrid, SearchFilter.All, 0, null),
            new("lighthouse", SearchMode.Hybrid, SearchFilter.All, 101, null),
            new(" ", SearchMode.Hybrid, SearchFilter.All, 1, null),
            new(new string('a', 1001), SearchMode.Hybrid, SearchFilter.All, 1, null),
            new("half a pair \ud83d", SearchMode.Hybrid, SearchFilter.All, 1, null),
        })
        {
            Assert.Equal(ErrorCode.BadUserInput, (await Host.Get<SearchService>().SearchAsync(ada, request, Ct)).Error?.Code);
        }
    }

    [Fact]
    public async Task Only_the_current_finished_answer_is_found()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada);
        var answers = new SearchFilter { Roles = [MessageRole.Assistant] };
        var first = await CompleteAsync(ada, new(conversation, "Where is the submarine?", false, false, null, null, null));
        Assert.Equal([first.Id], (await SearchAsync(ada, "submarine", SearchMode.Keyword, answers)).Hits.Select(hit => hit.Message.Id));
        var second = await CompleteAsync(ada, new(conversation, null, true, false, null, null, null));
        await IndexedAsync(ada);
        foreach (var mode in Enum.GetValues<SearchMode>())
            Assert.Equal([second.Id], (await SearchAsync(ada, "submarine offline responder", mode, answers)).Hits.Select(hit => hit.Message.Id));
    }

    [Fact]
    public async Task A_system_prompt_is_found_until_it_is_cleared()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada, "Speak like a pirate.");
        Assert.Single(await FindAsync(ada, "pirate", SearchMode.Keyword));
        await UpdateAsync("Speak like a butler.");
        Assert.Empty(await FindAsync(ada, "pirate"));
        Assert.Single(await FindAsync(ada, "butler", SearchMode.Keyword));
        await UpdateAsync(null);
        Assert.Empty(await FindAsync(ada, "butler"));

        async Task UpdateAsync(string? prompt) => Success(await Host.Get<ConversationService>().UpdateAsync(
            ada, conversation, new ConversationUpdate(default, prompt, default, default), Ct));
    }

    [Fact]
    public async Task A_deleted_conversation_or_user_leaves_nothing_behind()
    {
        var (ada, grace) = (await SignUpAsync("Ada"), await SignUpAsync("Grace"));
        var conversation = await ConverseAsync(ada, "About otters.", "Otters swim", "Otters eat");
        await ConverseAsync(grace, null, "Otters sleep");
        await IndexedAsync(ada);
        await IndexedAsync(grace);
        Success(await Host.Get<ConversationService>().DeleteAsync(ada, conversation, Ct));
        Assert.Empty(await FindAsync(ada, "otters"));
        Success(await Host.Get<UserService>().DeleteAsync(grace, Password, Ct));
        await using var db = Host.Open();
        await Eventually.HoldsAsync(async () => !await db.IndexedMessages.AnyAsync(Ct) && !await db.MessageEmbeddings.AnyAsync(Ct) && !await db.PendingEmbeddings.AnyAsync(Ct));
        // The words of the dead are not found under a number that is used again.
        var other = await SignUpAsync("Other");
        await ConverseAsync(other, null, "Nothing");
        Assert.Empty(await FindAsync(other, "otters", SearchMode.Keyword));
    }

    [Fact]
    public async Task Neighbours_are_the_nearest_in_their_order()
    {
        var ada = await SignUpAsync("Ada");
        var conversation = await ConverseAsync(ada, "System.", "one", "two", "three", "four", "five");
        await ConverseAsync(ada, null, "elsewhere");
        var history = Host.Get<MessageHistory>();
        var all = Success(await history.ListAsync(ada, [conversation], default, Ct))[conversation].Edges.Select(edge => edge.Node).ToList();
        Assert.Equal(["one", "two"], (await history.FindNeighboursAsync(ada, [all[3].Id], before: true, 2, Ct))[all[3].Id].Select(m => m.Content));
        Assert.Equal(["four", "five"], (await history.FindNeighboursAsync(ada, [all[3].Id], before: false, 10, Ct))[all[3].Id].Select(m => m.Content));
        Assert.Equal(["System."], (await history.FindNeighboursAsync(ada, [all[1].Id, all[5].Id], before: true, 10, Ct))[all[1].Id].Select(m => m.Content));
        Assert.Empty((await history.FindNeighboursAsync(ada, [all[0].Id], before: true, 1, Ct))[all[0].Id]);
    }

    [Fact]
    public async Task No_search_text_is_an_error()
    {
        var ada = await SignUpAsync("Ada");
        await ConverseAsync(ada, null, [.. HostileTexts.Make(11, 40).Where(text => Input.IsWellFormed(text)).Where(text => !string.IsNullOrWhiteSpace(text))]);
        await IndexedAsync(ada);
        foreach (var text in HostileTexts.Make(12, 300))
        {
            foreach (var mode in Enum.GetValues<SearchMode>())
            {
                var found = await Host.Get<SearchService>().SearchAsync(ada, new SearchRequest(text, mode, SearchFilter.All, 3, null), Ct);
                Assert.True(found.Error is null or { Code: ErrorCode.BadUserInput }, text);
            }
        }
    }
}
