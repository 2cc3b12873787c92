namespace CivicSense.OpenData.SensorThings;

enum UnaryOperator
{
    Not,
    Negate,
}

enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    GreaterThan,
    GreaterOrEqual,
    LessThan,
    LessOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// <summary>How operators are written and how tightly they bind (OData 4.0 part 2, 5.1.1.9).</summary>
static class Operators
{
    /// <summary>The binding strength of <c>not</c> and the minus sign.</summary>
    public const int UnaryPrecedence = 7;

    static readonly string[] Names = ["or", "and", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod"];

    public static string Write(BinaryOperator binary) => Names[(int)binary];

    public static BinaryOperator? Find(string name) => Array.IndexOf(Names, name) is >= 0 and var index ? (BinaryOperator)index : null;

    public static int Precedence(BinaryOperator binary) => binary switch
    {
        BinaryOperator.Or => 1,
        BinaryOperator.And => 2,
        BinaryOperator.Equal or BinaryOperator.NotEqual => 3,
        BinaryOperator.GreaterThan or BinaryOperator.GreaterOrEqual or BinaryOperator.LessThan or BinaryOperator.LessOrEqual => 4,
        BinaryOperator.Add or BinaryOperator.Subtract => 5,
        _ => 6,
    };

    /// <summary>The operator that says the same with its operands exchanged.</summary>
    public static BinaryOperator Mirror(BinaryOperator binary) => binary switch
    {
        BinaryOperator.GreaterThan => BinaryOperator.LessThan,
        BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
        BinaryOperator.LessThan => BinaryOperator.GreaterThan,
        BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
        _ => binary,
    };
}
