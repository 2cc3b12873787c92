using System.Collections.Immutable;
using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// Reads expressions by precedence climbing. Works on the tokens of one option and leaves what does not belong to an expression to whoever
/// reads the option.
/// </summary>
/// <remarks>Nesting and size are bounded, so that no query overflows the stack or is evaluated for long.</remarks>
sealed class ExpressionParser
{
    /// <summary>How deep parentheses, functions and lambdas may nest.</summary>
    public const int MaximumDepth = 32;

    /// <summary>How many operators, operands and calls one option may have.</summary>
    public const int MaximumSize = 500;

    const int LongestPath = 12;

    readonly Lexer lexer;
    int depth;
    int size;

    public ExpressionParser(Lexer lexer)
    {
        this.lexer = lexer;
        Current = lexer.Next();
    }

    /// <summary>The token that has not been taken yet.</summary>
    public Token Current { get; private set; }

    /// <summary>Reads a whole option as one expression.</summary>
    /// <exception cref="ProblemException">400: it is not one.</exception>
    public static Expression Parse(string option, string text)
    {
        var parser = new ExpressionParser(new Lexer(option, text));
        var expression = parser.ReadExpression();
        parser.Expect(TokenKind.End, "an operator or the end");
        return expression;
    }

    /// <summary>Takes the token at hand.</summary>
    public Token Take()
    {
        var token = Current;
        Current = lexer.Next();
        return token;
    }

    /// <summary>Takes the token at hand if it is of this kind.</summary>
    public bool TryTake(TokenKind kind)
    {
        if (Current.Kind != kind) return false;
        Take();
        return true;
    }

    /// <summary>Takes the token at hand, which must be of this kind.</summary>
    /// <exception cref="ProblemException">400: it is another.</exception>
    public Token Expect(TokenKind kind, string what)
    {
        if (Current.Kind != kind) throw Unexpected(what);
        return kind == TokenKind.End ? Current : Take();
    }

    public ProblemException Fail(int at, string what) => lexer.Fail(at, what);

    public ProblemException Unexpected(string wanted) => lexer.Fail(
        Current.Start,
        $"{(Current.Kind == TokenKind.End ? "the end" : ProblemException.Quote(Current.Text))} stands where {wanted} was expected");

    public Expression ReadExpression() => ReadBinary(0);

    /// <summary>Enters one more level of nesting.</summary>
    /// <exception cref="ProblemException">400: that is one too many.</exception>
    public void Descend()
    {
        if (++depth > MaximumDepth) throw lexer.Fail(Current.Start, Limit("levels of nesting", MaximumDepth));
    }

    public void Ascend() => depth--;

    Expression ReadBinary(int weakest)
    {
        Descend();
        var left = ReadUnary();
        while (Current.Kind == TokenKind.Name)
        {
            if (Current.Text == "in" && Operators.Precedence(BinaryOperator.Equal) > weakest)
            {
                left = ReadIn(left);
                continue;
            }
            if (Operators.Find(Current.Text) is not { } binary || Operators.Precedence(binary) <= weakest) break;
            Take();
            Count();
            left = new BinaryExpression(binary, left, ReadBinary(Operators.Precedence(binary)));
        }
        Ascend();
        return left;
    }

    /// <summary><c>a in (1,2)</c> is <c>a eq 1 or a eq 2</c> (OData 4.01 part 2, 5.1.1.1.12).</summary>
    Expression ReadIn(Expression left)
    {
        // Anything larger would be written and computed again for each value.
        if (left is not PathExpression) throw lexer.Fail(Current.Start, "in follows the name of a property");
        Take();
        Expect(TokenKind.OpenParenthesis, "an opening parenthesis");
        Expression? any = null;
        do
        {
            Count();
            var value = Expect(TokenKind.Literal, "a value").Value;
            var same = new BinaryExpression(BinaryOperator.Equal, left, new LiteralExpression(value));
            any = any is null ? same : new BinaryExpression(BinaryOperator.Or, any, same);
        }
        while (TryTake(TokenKind.Comma));
        Expect(TokenKind.CloseParenthesis, "a closing parenthesis");
        return any;
    }

    Expression ReadUnary()
    {
        Count();
        if (Current.Kind == TokenKind.Minus)
        {
            Take();
            return new UnaryExpression(UnaryOperator.Negate, ReadBinary(Operators.UnaryPrecedence));
        }
        if (Current is { Kind: TokenKind.Name, Text: "not" })
        {
            Take();
            return ReadNot();
        }
        return ReadPrimary();
    }

    // "not a eq b" is "not (a eq b)" to the clients of this standard; OData would read "(not a) eq b", which is never what is meant.
    UnaryExpression ReadNot() => new(UnaryOperator.Not, ReadBinary(Operators.Precedence(BinaryOperator.And)));

    Expression ReadPrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Literal:
                Take();
                return new LiteralExpression(token.Value);
            case TokenKind.OpenParenthesis:
                Take();
                var inner = ReadExpression();
                Expect(TokenKind.CloseParenthesis, "a closing parenthesis");
                return inner;
            case TokenKind.Name:
                Take();
                return Current.Kind == TokenKind.OpenParenthesis ? ReadCall(token) : ReadPath(token);
            default:
                throw Unexpected("a value");
        }
    }

    CallExpression ReadCall(Token name)
    {
        if (!Function.TryFind(name.Text, out var function))
            throw lexer.Fail(name.Start, $"there is no function {ProblemException.Quote(name.Text)}");
        Take();
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        if (Current.Kind != TokenKind.CloseParenthesis)
        {
            do arguments.Add(ReadExpression());
            while (TryTake(TokenKind.Comma));
        }
        Expect(TokenKind.CloseParenthesis, "a closing parenthesis");
        if (arguments.Count < function.Fewest || arguments.Count > function.Most)
            throw lexer.Fail(name.Start, $"{function.Name} takes {function.Arity}");
        return new CallExpression(function, arguments.ToImmutable());
    }

    Expression ReadPath(Token first)
    {
        var segments = ImmutableArray.CreateBuilder<string>();
        segments.Add(first.Text);
        while (TryTake(TokenKind.Slash))
        {
            var next = Expect(TokenKind.Name, "a name");
            if (Current.Kind == TokenKind.OpenParenthesis && next.Text is "any" or "all")
                return ReadLambda(new PathExpression(segments.ToImmutable(), first.Start), next.Text == "all");
            segments.Add(next.Text);
            if (segments.Count > LongestPath) throw lexer.Fail(first.Start, Limit("names in a path", LongestPath));
        }
        return new PathExpression(segments.ToImmutable(), first.Start);
    }

    LambdaExpression ReadLambda(PathExpression collection, bool all)
    {
        Take();
        if (!all && TryTake(TokenKind.CloseParenthesis)) return new LambdaExpression(collection, all, null, null);
        var variable = Expect(TokenKind.Name, "the name of a variable").Text;
        Expect(TokenKind.Colon, "a colon");
        var condition = ReadExpression();
        Expect(TokenKind.CloseParenthesis, "a closing parenthesis");
        return new LambdaExpression(collection, all, variable, condition);
    }

    void Count()
    {
        if (++size > MaximumSize) throw lexer.Fail(Current.Start, Limit("operators and operands", MaximumSize));
    }

    static string Limit(string of, int most) => string.Create(CultureInfo.InvariantCulture, $"there are more than {most} {of}");
}
