namespace ChatService.Rest;

/// <summary>A connection read page by page and written as it is read, so that no list is held in memory.</summary>
internal static class WholeList
{
    public const int PageSize = 100;

    /// <param name="read">The page after a cursor.</param>
    /// <param name="connection">Finds the connection in the answer's only root.</param>
    public static async IAsyncEnumerable<Reply> PagesAsync(Func<string?, Task<Reply>> read, Func<Node, Node> connection)
    {
        string? after = null;
        do
        {
            var page = await read(after);
            yield return page;
            var info = page.Problem is null ? connection(page.Root).Child("pageInfo") : null;
            after = info is not null && info.Flag("hasNextPage") ? info.Text("endCursor") : null;
        }
        while (after is not null);
    }

    /// <summary>An array, or the problem of the first page.</summary>
    public static async Task<IResult> WriteAsync<T>(HttpContext http, IAsyncEnumerable<Reply> pages, Func<Node, IEnumerable<T>> items)
    {
        var reader = pages.GetAsyncEnumerator(http.RequestAborted);
        await reader.MoveNextAsync();
        if (reader.Current.Problem is not { } problem)
            return TypedResults.Ok(ItemsAsync(http, reader, items));
        await reader.DisposeAsync();
        return problem;
    }

    private static async IAsyncEnumerable<T> ItemsAsync<T>(HttpContext http, IAsyncEnumerator<Reply> reader, Func<Node, IEnumerable<T>> items)
    {
        await using var _ = reader;
        do
        {
            if (reader.Current.Problem is not null)
            {
                // The status has been sent; a list that was cut short must not look whole.
                http.Abort();
                yield break;
            }

            foreach (var item in items(reader.Current.Root))
                yield return item;
        }
        while (await reader.MoveNextAsync());
    }
}
