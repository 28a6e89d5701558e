using System.ComponentModel.DataAnnotations;

namespace ChatService.GraphQL;

/// <summary>What a document may cost. Every limit holds for the whole document and is checked before the library validates it.</summary>
public sealed class GuardOptions
{
    public const string Section = "Guard";

    /// <summary>Length of the query text in UTF-16 units: default 16,384, at least 1.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueryLength { get; set; } = 16_384;

    /// <summary>
    /// Nesting that the parser follows: default 48, 8 to 128. It counts selection set, field, argument and value one by one,
    /// so the 15 levels of <see cref="MaxDepth"/> with an object in the innermost argument need about 40.
    /// </summary>
    [Range(8, 128)]
    public int ParserDepth { get; set; } = 48;

    /// <summary>Operations in one document: default 10.</summary>
    [Range(1, 1_000)]
    public int MaxOperations { get; set; } = 10;

    /// <summary>Fragment definitions: default 32.</summary>
    [Range(0, 1_000)]
    public int MaxFragments { get; set; } = 32;

    /// <summary>Fields, inline fragments and spreads once every fragment is expanded: default 500.</summary>
    [Range(1, 100_000)]
    public int MaxSelections { get; set; } = 500;

    /// <summary>Fields inside fields: default 15.</summary>
    [Range(1, 100)]
    public int MaxDepth { get; set; } = 15;

    /// <summary>Fields inside fields below __schema and __type: default 20; the usual introspection query has 15.</summary>
    [Range(1, 100)]
    public int MaxIntrospectionDepth { get; set; } = 20;

    /// <summary>Aliases after expansion: default 30.</summary>
    [Range(0, 100_000)]
    public int MaxAliases { get; set; } = 30;

    /// <summary>
    /// What may be looked at to compare fields of the same response name, all with all, arguments included: default 10,000. It takes a
    /// hundred of one name without arguments, in one place.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxComparisons { get; set; } = 10_000;

    /// <summary>Directives after expansion: default 20.</summary>
    [Range(0, 100_000)]
    public int MaxDirectives { get; set; } = 20;

    /// <summary>Arguments, values and members of objects that are written into the document: default 1,000. In variables they are not counted.</summary>
    [Range(0, 100_000)]
    public int MaxLiterals { get; set; } = 1_000;

    /// <summary>Variables: default 100.</summary>
    [Range(0, 10_000)]
    public int MaxVariables { get; set; } = 100;

    /// <summary>Nodes that an operation can ask for, the product of the list sizes along each path: default 10,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxListCost { get; set; } = 10_000;

    /// <summary>Page size of a connection for which none is given: default 50.</summary>
    [Range(1, 1_000)]
    public int DefaultPageSize { get; set; } = 50;

    /// <summary>What a list of objects counts as that takes no size: default 10.</summary>
    [Range(1, 1_000)]
    public int ShortList { get; set; } = 10;

    /// <summary>Root fields that must stand alone, since each is one guess at a secret. Configured names are added.</summary>
    public IList<string> ExclusiveRootFields { get; } = ["signIn", "createUser", "changePassword", "deleteUser"];

    /// <summary>Whether __schema and __type answer: default in Development only.</summary>
    public bool? Introspection { get; set; }
}
