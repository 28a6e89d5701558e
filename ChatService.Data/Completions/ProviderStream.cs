using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatService.Data;

/// <summary>
/// The events of an answer, line by line as they come. A line that is no chunk (<c>{}</c>, an error, half a chunk) fails the stream here,
/// since the SDK would take it for the end. A finish reason that the SDK does not know, at which it would throw, is replaced by one that
/// it knows and that nothing here can cause. Every chunk is one line, as all servers of this protocol write it.
/// </summary>
internal sealed class ProviderStream(Stream answer) : Stream
{
    /// <summary>Stands for every reason that the SDK has no word for.</summary>
    public const string OtherReason = "function_call";

    private const int MaximumLineBytes = 1024 * 1024;
    private static readonly string[] _known = ["stop", "length", "content_filter"];

    private readonly PipeReader _lines = PipeReader.Create(answer);
    private ReadOnlyMemory<byte> _ready;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.IsEmpty) _ready = await ReadLineAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) answer.Dispose();
        base.Dispose(disposing);
    }

    /// <returns>One line with its end; nothing after the last one.</returns>
    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken ct)
    {
        while (true)
        {
            var read = await ReadAsync(ct);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var next = read.Buffer.GetPosition(1, end);
                var line = read.Buffer.Slice(0, next).ToArray();
                _lines.AdvanceTo(next);
                return Check(line);
            }

            if (read.IsCompleted)
            {
                var rest = read.Buffer.ToArray();
                _lines.AdvanceTo(read.Buffer.End);
                return Check(rest);
            }

            if (read.Buffer.Length > MaximumLineBytes) throw new ProviderException(CompletionErrorCode.ProviderError);
            _lines.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async ValueTask<ReadResult> ReadAsync(CancellationToken ct)
    {
        try
        {
            return await _lines.ReadAsync(ct);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            throw new ProviderException(CompletionErrorCode.ProviderIncomplete, cut);
        }
    }

    private static ReadOnlyMemory<byte> Check(byte[] line)
    {
        if (!line.AsSpan().StartsWith("data:"u8)) return line;
        var data = line.AsMemory("data:".Length).Trim(" \r\n"u8);
        if (data.Span.SequenceEqual("[DONE]"u8)) return line;
        try
        {
            using var chunk = JsonDocument.Parse(data);
            if (!IsChunk(chunk.RootElement)) throw new ProviderException(CompletionErrorCode.ProviderIncomplete);
            return HasUnknownReason(chunk.RootElement) ? WithOtherReason(data.Span) : line;
        }
        catch (JsonException nonsense)
        {
            throw new ProviderException(CompletionErrorCode.ProviderIncomplete, nonsense);
        }
    }

    private static bool IsChunk(JsonElement chunk) =>
        chunk.ValueKind == JsonValueKind.Object && chunk.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array
        && choices.EnumerateArray().All(choice => choice.ValueKind == JsonValueKind.Object);

    private static bool HasUnknownReason(JsonElement chunk) => chunk.GetProperty("choices").EnumerateArray().Any(
        choice => choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String && !_known.Contains(reason.GetString()));

    private static byte[] WithOtherReason(ReadOnlySpan<byte> data)
    {
        var chunk = JsonNode.Parse(data)!;
        foreach (var choice in chunk["choices"]!.AsArray()) choice!["finish_reason"] = OtherReason;
        return Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}\n");
    }
}
