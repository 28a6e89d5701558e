global using Node = System.Collections.Generic.IReadOnlyDictionary<string, object?>;

using System.Globalization;

namespace ChatService.Rest;

/// <summary>Reads an answer's tree. A field that is not as the stored document asked for it is a bug and throws.</summary>
internal static class NodeExtensions
{
    extension(Node node)
    {
        public Node Child(string field) => (Node)node[field]!;

        public Node? ChildOrNull(string field) => (Node?)node.GetValueOrDefault(field);

        public IEnumerable<Node> Children(string field) => ((IEnumerable<object?>)node[field]!).Cast<Node>();

        public string Text(string field) => (string)node[field]!;

        public string? TextOrNull(string field) => (string?)node.GetValueOrDefault(field);

        public bool Flag(string field) => (bool)node[field]!;

        public long Number(string field) => Convert.ToInt64(node[field], CultureInfo.InvariantCulture);

        public double Real(string field) => Convert.ToDouble(node[field], CultureInfo.InvariantCulture);

        public DateTime Time(string field) => node[field] as DateTime?
            ?? DateTime.Parse(node.Text(field), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    }
}
