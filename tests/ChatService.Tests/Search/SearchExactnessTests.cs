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
    private static readonly string[] _vocabulary = [.. MakeVocabulary()];

    [Fact]
    public async Task The_ten_nearest_are_found_beside_a_large_neighbour()
    {
        var neighbours = TestRun.IsLong ? 100_000 : 10_000;
        var random = new Random(7);
        var next = 1_000_000L;
        await FillAsync("Neighbour", neighbours);
        foreach (var size in new[] { 10, 1_000, 30_000 })
        {
            var (owner, first, contents) = await FillAsync($"Owner{size}", size);
            var vectors = contents.ConvertAll(Rounded);
            var queries = Enumerable.Range(0, Queries).Select(_ => Text(random, 3)).ToList();
            foreach (var query in queries)
            {
                var expected = BruteForce(Rounded(query), vectors);
                var found = (await SearchAsync(owner, query, SearchMode.Semantic)).Hits;
                Assert.Equal(expected.Count, found.Count);
                Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second.Score, pair.First.Score, 1e-5));
                Assert.All(found, hit => Assert.InRange(hit.Message.Id, first, first + size - 1));
                Assert.All(found, hit => Assert.Equal(TensorPrimitives.Dot(Rounded(query), vectors[(int)(hit.Message.Id - first)]), hit.Score, 1e-5));
            }

            var search = await TimesAsync(queries, query => SearchAsync(owner, query, SearchMode.Semantic));
            var hybrid = await TimesAsync(queries, query => SearchAsync(owner, query));
            var raw = await RawTimesAsync(owner, queries.ConvertAll(query => HashingEmbedder.Embed(query)));
            output.WriteLine($"{Kind}, {size} of one's own beside {neighbours}: semantic {search}, hybrid {hybrid}, {raw} (median / p99)");
        }

        async Task<(long Owner, long First, List<string> Contents)> FillAsync(string name, int count)
        {
            var owner = await SignUpAsync(name);
            var conversation = await ConverseAsync(owner);
            var contents = Enumerable.Range(0, count).Select(_ => Text(random, 12)).ToList();
            var first = await BulkMessages.InsertAsync(Host, owner, conversation, next, contents);
            next += count;
            return (owner, first, contents);
        }
    }

    protected virtual Task<string> RawTimesAsync(long owner, IReadOnlyList<float[]> queries) => Task.FromResult("no SQL that could do it");

    protected static async Task<string> TimesAsync<T>(IReadOnlyList<T> queries, Func<T, Task> run)
    {
        var times = new List<double>();
        foreach (var query in Enumerable.Repeat(queries, TestRun.IsLong ? 10 : 1).SelectMany(some => some))
        {
            var before = Stopwatch.GetTimestamp();
            await run(query);
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:0.0} / {times[times.Count * 99 / 100]:0.0} ms");
    }

    private static List<(int Index, double Score)> BruteForce(float[] query, List<float[]> vectors) =>
    [
        .. vectors.Select((vector, i) => (i, (double)TensorPrimitives.Dot(query, vector)))
            .Where(hit => hit.Item2 >= HashingEmbedder.MinimumSimilarity).OrderByDescending(hit => hit.Item2).Take(10),
    ];

    /// <summary>As it is stored, in half precision.</summary>
    private static float[] Rounded(string text)
    {
        var vector = new float[HashingEmbedder.Dimensions];
        TensorPrimitives.ConvertToSingle(Embedders.ToStored(HashingEmbedder.Embed(text)), vector);
        return vector;
    }

    private static string Text(Random random, int words) => string.Join(' ', random.GetItems(_vocabulary, words));

    /// <summary>Words that could be some language's, enough of them that texts differ.</summary>
    private static IEnumerable<string> MakeVocabulary()
    {
        string[] syllables = ["ba", "do", "ri", "mu", "len", "tor", "ska", "vi", "pon", "gra", "che", "zul"];
        return from a in syllables from b in syllables from c in syllables select a + b + c;
    }
}
