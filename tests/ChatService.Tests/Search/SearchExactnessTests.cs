using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using ChatService.Data;
using Npgsql;
using Pgvector;
using Xunit.Abstractions;

namespace ChatService.Tests;

public sealed class PostgresSearchExactnessTests(ITestOutputHelper output) : SearchExactnessTests(DatabaseKind.Postgres, output)
{
    /// <summary>What the database alone takes for the ten nearest.</summary>
    protected override async Task<string> RawTimesAsync(long owner, IReadOnlyList<float[]> queries)
    {
        var builder = new NpgsqlDataSourceBuilder(Database.ConnectionString);
        builder.UseVector();
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync();
        return "raw SQL " + await TimesAsync(queries, async query =>
        {
            await using var command = new NpgsqlCommand(
                "SELECT message_id, vector <=> $2 FROM message_embeddings WHERE owner_id = $1 ORDER BY vector <=> $2 LIMIT 10", connection);
            command.Parameters.AddWithValue(owner);
            command.Parameters.AddWithValue(new HalfVector(Embedders.ToStored(query)));
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) { }
        });
    }
}

public sealed class SqliteSearchExactnessTests(ITestOutputHelper output) : SearchExactnessTests(DatabaseKind.Sqlite, output);

/// <summary>Nothing is lost to an approximation, however large one's own history or a neighbour's is.</summary>
public abstract class SearchExactnessTests(DatabaseKind kind, ITestOutputHelper output) : SearchSuite(kind)
{
    private const int Queries = 20;
    private static readonly int _neighbours = TestRun.IsLong ? 100_000 : 10_000;
    private static readonly string[] _vocabulary = [.. MakeVocabulary()];

    /// <summary>The neighbour's and then one's own, made once for both databases: to embed them takes its time.</summary>
    private static readonly Lazy<IReadOnlyList<History>> _histories = new(MakeHistories);

    [Fact]
    public async Task The_ten_nearest_are_found_beside_a_large_neighbour()
    {
        var next = 1_000_000L;
        await FillAsync(_histories.Value[0]);
        foreach (var history in _histories.Value.Skip(1))
        {
            var (owner, first) = await FillAsync(history);
            var (size, queries) = (history.Contents.Length, history.Queries);
            foreach (var query in queries)
            {
                var similarities = Similarities(query, history.Vectors);
                var expected = Nearest(similarities);
                var found = (await SearchAsync(owner, query, SearchMode.Semantic)).Hits;
                Assert.Equal(expected.Count, found.Count);
                Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Score, 1e-5));
                Assert.All(found, hit => Assert.InRange(hit.Message.Id, first, first + size - 1));
                Assert.All(found, hit => Assert.Equal(similarities[(int)(hit.Message.Id - first)], hit.Score, 1e-5));
            }

            var search = await TimesAsync(queries, query => SearchAsync(owner, query, SearchMode.Semantic));
            var hybrid = await TimesAsync(queries, query => SearchAsync(owner, query));
            var raw = await RawTimesAsync(owner, queries.ConvertAll(query => HashingEmbedder.Embed(query)));
            output.WriteLine($"{Kind}, {size} of one's own beside {_neighbours}: semantic {search}, hybrid {hybrid}, {raw} (median / p99)");
        }

        async Task<(long Owner, long First)> FillAsync(History history)
        {
            var owner = await SignUpAsync(history.Name);
            var first = await BulkMessages.InsertAsync(Host, owner, await ConverseAsync(owner), next, history.Contents, history.Vectors);
            next += history.Contents.Length;
            return (owner, first);
        }
    }

    protected virtual Task<string> RawTimesAsync(long owner, IReadOnlyList<float[]> queries) => Task.FromResult("no SQL that could do it");

    protected static async Task<string> TimesAsync<T>(IReadOnlyList<T> queries, Func<T, Task> run)
    {
        var times = new List<double>();
        // In the usual run just a glance.
        foreach (var query in TestRun.IsLong ? Enumerable.Repeat(queries, 10).SelectMany(all => all) : queries.Take(5))
        {
            var before = Stopwatch.GetTimestamp();
            await run(query);
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:0.0} / {times[times.Count * 99 / 100]:0.0} ms");
    }

    /// <summary>Brute force, in the half precision in which vectors are stored.</summary>
    private static float[] Similarities(string text, Half[][] vectors)
    {
        var (query, vector) = (new float[HashingEmbedder.Dimensions], new float[HashingEmbedder.Dimensions]);
        TensorPrimitives.ConvertToSingle(Vector(text), query);
        return Array.ConvertAll(vectors, stored =>
        {
            TensorPrimitives.ConvertToSingle(stored, vector);
            return TensorPrimitives.Dot(query, vector);
        });
    }

    private static List<float> Nearest(float[] similarities) =>
        [.. similarities.Where(similarity => similarity >= HashingEmbedder.MinimumSimilarity).OrderDescending().Take(10)];

    private static Half[] Vector(string text) => Embedders.ToStored(HashingEmbedder.Embed(text));

    private sealed record History(string Name, string[] Contents, Half[][] Vectors, List<string> Queries);

    private static List<History> MakeHistories()
    {
        var random = new Random(7);
        var histories = new List<History>();
        foreach (var size in new[] { _neighbours, 10, 1_000, 30_000 })
        {
            string[] contents = [.. Enumerable.Range(0, size).Select(_ => Text(random, 12))];
            histories.Add(new($"Owner{size}", contents, Array.ConvertAll(contents, Vector), [.. Enumerable.Range(0, Queries).Select(_ => Text(random, 3))]));
        }

        return histories;
    }

    private static string Text(Random random, int words) => string.Join(' ', random.GetItems(_vocabulary, words));

    /// <summary>Words that could be some language's, enough of them that texts differ.</summary>
    private static IEnumerable<string> MakeVocabulary()
    {
        string[] syllables = ["ba", "do", "ri", "mu", "len", "tor", "ska", "vi", "pon", "gra", "che", "zul"];
        return from a in syllables from b in syllables from c in syllables select a + b + c;
    }
}
