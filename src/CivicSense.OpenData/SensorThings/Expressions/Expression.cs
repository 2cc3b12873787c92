using System.Collections.Immutable;
using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// A parsed <c>$filter</c> or <c>$orderby</c>. <see cref="object.ToString"/> writes it so that it is read back as the same.
/// </summary>
abstract record Expression
{
    /// <summary>The paths in it, those of its lambdas too.</summary>
    public abstract IEnumerable<PathExpression> Paths();
}

/// <summary>A value: null, a truth value, a number, a string, a time or a geometry.</summary>
sealed record LiteralExpression(object? Value) : Expression
{
    public override IEnumerable<PathExpression> Paths() => [];

    public override string ToString() => Value switch
    {
        null => "null",
        true => "true",
        false => "false",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double.PositiveInfinity => "INF",
        double.NegativeInfinity => "-INF",
        double number => Decimal(number),
        DateTimeOffset instant => TimeLiteral.Write(instant),
        TimeInterval interval => TimeLiteral.Write(interval),
        TimeSpan duration => $"duration'{TimeLiteral.Write(duration)}'",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        Shape shape => $"geography'{shape.Text}'",
        _ => throw new NotSupportedException($"There is no literal for a {Value.GetType().Name}."),
    };

    // A point or an exponent tells a double from a whole number when it is read again.
    static string Decimal(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny(".EN") ? text : text + ".0";
    }
}

/// <summary>A property, or a chain of navigations that ends in one: <c>Datastream/ObservedProperty/name</c>.</summary>
/// <param name="Segments">The names.</param>
/// <param name="Start">Where it stands in the option, for errors.</param>
sealed record PathExpression(ImmutableArray<string> Segments, int Start) : Expression
{
    public override IEnumerable<PathExpression> Paths() => [this];

    public override string ToString() => string.Join('/', Segments);
}

/// <summary><c>not</c> or a minus sign.</summary>
sealed record UnaryExpression(UnaryOperator Operator, Expression Operand) : Expression
{
    public override IEnumerable<PathExpression> Paths() => Operand.Paths();

    // "not" reaches as far as it can when it is read, so that parentheses must say where it ends.
    public override string ToString() => Operator == UnaryOperator.Not ? $"(not {Operand})" : $"-({Operand})";
}

/// <summary>Two operands and an operator between them.</summary>
sealed record BinaryExpression(BinaryOperator Operator, Expression Left, Expression Right) : Expression
{
    public override IEnumerable<PathExpression> Paths() => Left.Paths().Concat(Right.Paths());

    public override string ToString() => $"({Left} {Operators.Write(Operator)} {Right})";
}

/// <summary>A call of a built-in function (OGC 18-088, table 23).</summary>
sealed record CallExpression(Function Function, ImmutableArray<Expression> Arguments) : Expression
{
    public override IEnumerable<PathExpression> Paths() => Arguments.SelectMany(argument => argument.Paths());

    public override string ToString() => $"{Function.Name}({string.Join(",", Arguments)})";
}

/// <summary><c>Datastreams/any(d:d/name eq 'x')</c> (OData 4.0, 5.1.1.5).</summary>
/// <param name="Collection">What is looked through.</param>
/// <param name="All">Whether the condition must hold for all, not just for one.</param>
/// <param name="Variable">The name of the element in the condition; null where there is no condition.</param>
/// <param name="Condition">The condition; null for <c>any()</c>.</param>
sealed record LambdaExpression(PathExpression Collection, bool All, string? Variable, Expression? Condition) : Expression
{
    public override IEnumerable<PathExpression> Paths() => [Collection, .. Condition?.Paths() ?? []];

    public override string ToString() => $"{Collection}/{(All ? "all" : "any")}({(Variable is null ? "" : $"{Variable}:{Condition}")})";
}
