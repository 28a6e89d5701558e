using ChatService.GraphQL;

namespace ChatService.Tests;

public sealed class BatchLoaderTests
{
    private readonly List<int[]> _calls = [];

    [Fact]
    public async Task Keys_of_one_step_are_fetched_in_one_call_each_once()
    {
        var loader = Loader();
        var pending = new[] { loader.Load(1), loader.Load(2), loader.Load(1), loader.Load(99) };
        var rows = await Task.WhenAll(pending.Select(p => p.GetResultAsync()));
        Assert.Equal((string?[])["row 1", "row 2", "row 1", null], rows.AsEnumerable());
        Assert.Equal([1, 2, 99], Assert.Single(_calls));
    }

    [Fact]
    public async Task The_next_step_fetches_anew()
    {
        var loader = Loader();
        await loader.Load(1).GetResultAsync();
        await loader.Load(1, row => row?.Length).GetResultAsync();
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task A_call_holds_so_many_keys_and_no_more()
    {
        var loader = Loader(maxKeys: 2);
        var pending = new[] { loader.Load(1), loader.Load(2), loader.Load(3) };
        await Task.WhenAll(pending.Select(p => p.GetResultAsync()));
        Assert.Equal([[1, 2], [3]], _calls);
    }

    private BatchLoader<int, string> Loader(int maxKeys = 500) => new(
        (keys, _) =>
        {
            _calls.Add([.. keys]);
            return Task.FromResult<IReadOnlyDictionary<int, string>>(keys.Where(k => k < 99).ToDictionary(k => k, k => $"row {k}"));
        },
        maxKeys);
}
