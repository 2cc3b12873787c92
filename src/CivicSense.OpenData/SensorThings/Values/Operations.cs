using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// Compares and computes. Values are null, bool, long, double, string, <see cref="DateTimeOffset"/>, <see cref="TimeInterval"/>, <see
/// cref="DateOnly"/>, <see cref="TimeOnly"/>, <see cref="TimeSpan"/>, <see cref="Shape"/> and <see cref="ComplexValue"/>.
/// </summary>
/// <remarks>
/// Null semantics are those of OData 4.0 part 1, 11.2.5.1: null equals only null, it is neither less nor greater than anything, and what is
/// computed from it is null. Values of different kinds are unequal, and neither is less.
/// </remarks>
static class Operations
{
    public static bool Compare(BinaryOperator comparison, object? left, object? right)
    {
        if (left is null || right is null)
        {
            var same = left is null && right is null;
            return comparison == BinaryOperator.Equal ? same : comparison == BinaryOperator.NotEqual && !same;
        }
        (left, right) = (Aligned(left, right), Aligned(right, left));
        if (left is TimeInterval || right is TimeInterval) return CompareTimes(comparison, left, right);
        if (left is double or long && right is double or long) return CompareNumbers(comparison, left, right);
        if (left.GetType() != right.GetType() || left is not IComparable)
            return comparison == BinaryOperator.NotEqual ? !Equals(left, right) : comparison == BinaryOperator.Equal && Equals(left, right);
        return Holds(comparison, Order(left, right));
    }

    /// <summary>The order for <c>$orderby</c>: null first, then by kind, then by value.</summary>
    public static int Order(object? left, object? right)
    {
        if (left is null || right is null) return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        if (left is long or double && right is long or double) return ToDouble(left).CompareTo(ToDouble(right));
        if (left is TimeInterval first && right is TimeInterval second)
            return (first.Start, first.End).CompareTo((second.Start, second.End));
        if (left is string text && right is string other) return string.CompareOrdinal(text, other);
        if (left.GetType() != right.GetType()) return string.CompareOrdinal(left.GetType().Name, right.GetType().Name);
        return left is IComparable comparable ? comparable.CompareTo(right) : 0;
    }

    public static object? Compute(BinaryOperator arithmetic, object? left, object? right) => (left, right) switch
    {
        (null, _) or (_, null) => null,
        (long first, long second) => ComputeWhole(arithmetic, first, second) is not { } exact ? null
            : exact >= long.MinValue && exact <= long.MaxValue ? (object)(long)exact : (double)exact,
        (long or double, long or double) => ComputeDouble(arithmetic, ToDouble(left), ToDouble(right)),
        (DateTimeOffset instant, TimeSpan duration) => Shift(instant, arithmetic, duration),
        (TimeInterval interval, TimeSpan duration) =>
            Shift(interval.Start, arithmetic, duration) is { } start && Shift(interval.End, arithmetic, duration) is { } end
                ? new TimeInterval(start, end) : null,
        (DateTimeOffset first, DateTimeOffset second) when arithmetic == BinaryOperator.Subtract => first - second,
        (TimeSpan first, TimeSpan second) => ComputeDuration(arithmetic, first, second),
        _ => null,
    };

    public static object? Negate(object? value) => value switch
    {
        long whole when whole != long.MinValue => -whole,
        double number => -number,
        TimeSpan duration when duration != TimeSpan.MinValue => -duration,
        _ => null,
    };

    public static double ToDouble(object number) => number is long whole ? whole : (double)number;

    // What leaves the range of whole numbers goes on as a double. Nothing is divided by zero.
    static Int128? ComputeWhole(BinaryOperator arithmetic, Int128 left, Int128 right) => arithmetic switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => right == 0 ? null : left / right,
        _ => right == 0 ? null : left % right,
    };

    static double ComputeDouble(BinaryOperator arithmetic, double left, double right) => arithmetic switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        _ => left % right,
    };

    static TimeSpan? ComputeDuration(BinaryOperator arithmetic, TimeSpan left, TimeSpan right)
    {
        if (arithmetic is not (BinaryOperator.Add or BinaryOperator.Subtract)) return null;
        var ticks = arithmetic == BinaryOperator.Add ? (Int128)left.Ticks + right.Ticks : (Int128)left.Ticks - right.Ticks;
        return ticks >= long.MinValue && ticks <= long.MaxValue ? new TimeSpan((long)ticks) : null;
    }

    static DateTimeOffset? Shift(DateTimeOffset instant, BinaryOperator arithmetic, TimeSpan duration) => arithmetic switch
    {
        BinaryOperator.Add => TimeLiteral.Add(instant, duration),
        BinaryOperator.Subtract when duration != TimeSpan.MinValue => TimeLiteral.Add(instant, -duration),
        _ => null,
    };

    // Clients write times and numbers as strings too: OGC's suite asks for "result gt '3'".
    static object Aligned(object value, object other) => (value, other) switch
    {
        (string text, DateTimeOffset or TimeInterval) => TimeLiteral.ReadInstant(text) ?? value,
        (string text, long or double) => ReadNumber(text) ?? value,
        _ => value,
    };

    /// <summary>A number as JSON writes it; null for any other text, such as a quadkey that begins with a zero.</summary>
    static object? ReadNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        if (digits.IsEmpty || !char.IsAsciiDigit(digits[0]) || (digits is ['0', not '.', ..])) return null;
        const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (long.TryParse(text, plain, CultureInfo.InvariantCulture, out var whole)) return whole;
        return double.TryParse(text, plain, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    static bool CompareNumbers(BinaryOperator comparison, object left, object right)
    {
        if (left is long first && right is long second) return Holds(comparison, first.CompareTo(second));
        var (one, two) = (ToDouble(left), ToDouble(right));
        return double.IsNaN(one) || double.IsNaN(two) ? comparison == BinaryOperator.NotEqual : Holds(comparison, one.CompareTo(two));
    }

    static bool CompareTimes(BinaryOperator comparison, object left, object right)
    {
        if (TimeRelation.AsInterval(left) is not { } first || TimeRelation.AsInterval(right) is not { } second)
            return comparison == BinaryOperator.NotEqual;
        return comparison switch
        {
            BinaryOperator.Equal => left is TimeInterval == right is TimeInterval && first == second,
            BinaryOperator.NotEqual => left is TimeInterval != right is TimeInterval || first != second,
            BinaryOperator.LessThan => TimeRelation.IsBefore(first, second),
            BinaryOperator.GreaterThan => TimeRelation.IsBefore(second, first),
            BinaryOperator.LessOrEqual => TimeRelation.IsNotAfter(first, second),
            _ => TimeRelation.IsNotAfter(second, first),
        };
    }

    static bool Holds(BinaryOperator comparison, int order) => comparison switch
    {
        BinaryOperator.Equal => order == 0,
        BinaryOperator.NotEqual => order != 0,
        BinaryOperator.GreaterThan => order > 0,
        BinaryOperator.GreaterOrEqual => order >= 0,
        BinaryOperator.LessThan => order < 0,
        _ => order <= 0,
    };
}
