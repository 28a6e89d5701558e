using System.Globalization;
using ChatService.Data;
using GraphQL.Types;
using GraphQLParser.AST;

namespace ChatService.GraphQL;

/// <summary>A string without NUL and without half a surrogate pair: neither can be stored and sent again as it came.</summary>
public sealed class TextScalar : StringGraphType
{
    public TextScalar()
    {
        Name = "String";
        Description = "Unicode text, kept as sent. NUL and lone surrogates are refused.";
    }

    public override object? ParseLiteral(GraphQLValue value) => CleanText.Check(base.ParseLiteral(value));

    public override object? ParseValue(object? value) => CleanText.Check(base.ParseValue(value));

    // What is stored was checked when it came.
    public override object? Serialize(object? value) => base.ParseValue(value);
}

/// <summary>An opaque name; numbers are taken as their digits.</summary>
public sealed class IdScalar : IdGraphType
{
    public IdScalar() => Description = "An opaque, globally unique name of an object.";

    public override object? ParseLiteral(GraphQLValue value) => CleanText.Check(base.ParseLiteral(value));

    public override object? ParseValue(object? value) => CleanText.Check(base.ParseValue(value));
}

/// <summary>A finite number. JSON knows no other, so an infinite one is an error of its field and not of the whole answer.</summary>
public sealed class FiniteScalar : FloatGraphType
{
    public FiniteScalar()
    {
        Name = "Float";
        Description = "A finite number of double precision.";
    }

    public override object? ParseValue(object? value)
        => base.ParseValue(value) is double number && !double.IsFinite(number) ? ThrowValueConversionError(value) : base.ParseValue(value);
}

/// <summary>Any 64-bit integer, as a JSON number.</summary>
public sealed class LongScalar : LongGraphType
{
    public LongScalar()
    {
        Name = "Long";
        Description = "A 64-bit integer, written as a JSON number. The ids of this service stay below 2^53, so every client reads them exactly.";
    }
}

/// <summary>A moment in UTC, always to the microsecond, which is what the database keeps.</summary>
public sealed class MomentScalar : DateTimeGraphType
{
    public MomentScalar()
    {
        Name = "DateTime";
        Description = "A moment as ISO 8601 in UTC with microseconds, such as 2026-11-22T18:19:00.123456Z. Another offset is accepted and converted.";
    }

    public override object? Serialize(object? value) => value switch
    {
        DateTime moment => Format(moment.ToUniversalTime()),
        null => null,
        _ => ThrowSerializationError(value),
    };

    private static string Format(DateTime utc)
    {
        // The round-trip format has seven digits and a fast path; a custom format with six is four times as slow.
        Span<char> text = stackalloc char[28];
        utc.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[26] = 'Z';
        return new string(text[..27]);
    }
}

internal static class CleanText
{
    /// <exception cref="FormatException">The text holds NUL or half a surrogate pair.</exception>
    public static object? Check(object? value)
        => value is string text && !Input.IsWellFormed(text) ? throw new FormatException("The text holds NUL or a lone surrogate.") : value;
}
