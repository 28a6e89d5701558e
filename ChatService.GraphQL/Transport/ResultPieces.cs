using System.Text.Json;
using GraphQL.Execution;

namespace ChatService.GraphQL;

/// <summary>
/// Writes a result from the executed tree, some of it at a time, so that no more than a piece is held of an answer that is long.
/// A piece ends after the value that fills it; the last one closes every object around the result.
/// </summary>
public sealed class ResultPieces
{
    private const int PieceBytes = 64 * 1024;

    private readonly Utf8JsonWriter _json;
    private Frame[] _open = new Frame[8];
    private int _depth;

    /// <summary>Writes what stands before the data. It is the answer of an operation that began: always with <c>data</c>.</summary>
    public ResultPieces(Utf8JsonWriter json, OperationResult result, string requestId)
    {
        _json = json;
        json.WriteStartObject();
        if (result.Errors.Count > 0)
        {
            json.WritePropertyName("errors");
            ResultWriter.WriteErrors(json, result.Errors, requestId);
        }
        json.WritePropertyName("data");
        Begin(result.Data);
    }

    /// <returns>Whether there is more, to be asked for when this has been sent.</returns>
    public bool WriteNext()
    {
        var end = Written + PieceBytes;
        while (_depth > 0)
        {
            if (Written >= end)
                return true;
            ref var around = ref _open[_depth - 1];
            if (around.Next == around.Count)
            {
                if (around.Fields is null)
                    _json.WriteEndArray();
                else
                    _json.WriteEndObject();
                _depth--;
            }
            else if (around.Fields is { } fields)
            {
                var field = fields[around.Next++];
                _json.WritePropertyName(field.Name!);
                Begin(field);
            }
            else
            {
                Begin(around.Items![around.Next++]);
            }
        }
        while (_json.CurrentDepth > 0)
            _json.WriteEndObject();
        return false;
    }

    private long Written => _json.BytesCommitted + _json.BytesPending;

    private void Begin(ExecutionNode? node)
    {
        switch (node)
        {
            case ObjectExecutionNode { SubFields: { } fields }:
                _json.WriteStartObject();
                Open(new Frame(fields, null, fields.Length));
                break;
            case ArrayExecutionNode { Items: { } items }:
                _json.WriteStartArray();
                Open(new Frame(null, items, items.Count));
                break;
            case ArrayExecutionNode { SerializedResult: { } values }:
                ResultWriter.WriteList(_json, values);
                break;
            case ValueExecutionNode leaf:
                ResultWriter.WriteValue(_json, leaf.Result);
                break;
            default:
                _json.WriteNullValue();
                break;
        }
    }

    private void Open(Frame frame)
    {
        if (_depth == _open.Length)
            Array.Resize(ref _open, 2 * _depth);
        _open[_depth++] = frame;
    }

    private record struct Frame(ExecutionNode[]? Fields, List<ExecutionNode>? Items, int Count)
    {
        public int Next;
    }
}
