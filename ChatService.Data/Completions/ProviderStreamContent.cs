using System.Net;

namespace ChatService.Data;

/// <summary>A provider's answer whose body is read through <see cref="ProviderStream"/>.</summary>
internal sealed class ProviderStreamContent : HttpContent
{
    private readonly HttpContent _answer;

    public ProviderStreamContent(HttpContent answer)
    {
        _answer = answer;
        Headers.ContentType = answer.Headers.ContentType;
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() => new ProviderStream(await _answer.ReadAsStreamAsync());

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var answer = await CreateContentReadStreamAsync();
        await answer.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _answer.Dispose();
        base.Dispose(disposing);
    }
}
