namespace CivicSense.Privacy.Tests;

/// <summary>What discrete Laplace and discrete Gaussian mechanisms have in common.</summary>
public abstract class MechanismTests
{
    static readonly AtomDomain<Int128> Integers = new();
    static readonly VectorDomain<Int128> Vectors = new(Integers);

    [Fact]
    public void An_answer_is_the_value_plus_one_draw_of_the_stated_law()
    {
        // At least 200,000 samples; the statements of GoodnessOfFit, false alarm 1e-6 each. Half of them through the vector form. Past the
        // map, which would take most of the time and is the subject of another test.
        var parameter = new Rational(7, 2);
        var (scalar, vector) = (Scalar(Integers, parameter), Vector(Vectors, parameter));
        var half = GoodnessOfFit.Samples / 2;
        var data = Enumerable.Range(0, half).Select(i => (Int128)(1_000 * i)).ToArray();
        var single = data.Select(value => scalar.Function(value) - value);
        var joint = vector.Function(data).Zip(data, (answer, value) => answer - value);
        GoodnessOfFit.AssertFollows(Law(parameter), single.Concat(joint));
    }

    [Fact]
    public void The_same_bytes_give_the_values_of_the_sampler()
    {
        foreach (var parameter in new[] { new Rational(7, 2), new Rational(1, 3), new Rational(1L << 40, 3) })
        {
            var scalar = Scalar(Integers, parameter, new ScriptedBytes(5));
            var vector = Vector(Vectors, parameter, new ScriptedBytes(5));
            var sample = Sampler(parameter, new ScriptedBytes(5));
            var expected = Enumerable.Range(0, 100).Select(i => (7 * i) + sample()).ToArray();
            Assert.Equal(expected, Enumerable.Range(0, 100).Select(i => scalar.Release(1, 7 * i).Value));
            Assert.Equal(expected, vector.Release(1, [.. Enumerable.Range(0, 100).Select(i => (Int128)(7 * i))]).Value);
        }
    }

    [Fact]
    public void No_value_makes_a_release_fail()
    {
        // Each draw is positive with probability near one half: no sum beyond the limit in 200 draws has probability 2^-200.
        foreach (var end in new[] { Int128.MinValue, Int128.MaxValue })
        {
            var answers = Vector(Vectors, 100).Release(1, [.. Enumerable.Repeat(end, 200)]).Value;
            Assert.Contains(end, answers);
            Assert.All(answers, answer => Assert.Equal(end > 0, answer > 0));
        }
    }

    [Fact]
    public void The_map_is_exact_and_comes_with_the_answer()
    {
        var parameter = new Rational(7, 3);
        foreach (var distance in new[] { Rational.Zero, Rational.One, new Rational(5, 2), new Rational(1, 1_000_000_007) })
        {
            var expected = Loss(distance, parameter);
            Assert.Equal(expected, Scalar(Integers, parameter).Map(distance));
            Assert.Equal(expected, Vector(Vectors, parameter).Map(distance));
            Assert.Equal(expected, Scalar(Integers, parameter).Release(distance, 3).Loss);
            Assert.True(Scalar(Integers, parameter).Check(distance, expected));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Scalar(Integers, parameter).Map(-1));
    }

    [Fact]
    public void Parameters_outside_the_range_and_domains_that_do_not_fit_are_refused_at_construction()
    {
        foreach (var parameter in new[] { Rational.Zero, new Rational(-1, 2), Rational.FromDyadic(1, 300), Rational.FromDyadic(1, -300) })
        {
            Assert.Equal(ParameterName, Assert.Throws<ArgumentOutOfRangeException>(() => Scalar(Integers, parameter)).ParamName);
            Assert.Equal(ParameterName, Assert.Throws<ArgumentOutOfRangeException>(() => Vector(Vectors, parameter)).ParamName);
        }

        Assert.Throws<ArgumentException>(() => Scalar(new AtomDomain<Int128>(holdsNan: true), 1));
        Assert.Throws<ArgumentException>(() => Vector(new VectorDomain<Int128>(new AnyDomain<Int128>()), 1));
        Assert.Throws<ArgumentNullException>(() => Scalar(null!, 1));
        Assert.Throws<ArgumentNullException>(() => Vector(null!, 1));
    }

    [Fact]
    public void Data_outside_the_domain_are_refused_without_being_named()
    {
        var bounded = Scalar(new AtomDomain<Int128>(0, 1_000), 1);
        Assert.DoesNotContain("4242", Assert.Throws<ArgumentException>(() => bounded.Release(1, 4242)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Vector(new VectorDomain<Int128>(Integers, 2), 1).Release(1, [1, 2, 3]));
    }

    [Fact]
    public void A_vector_without_elements_has_an_answer_without_elements() => Assert.Empty(Vector(Vectors, 1).Release(1, []).Value);

    private protected abstract string ParameterName { get; }

    private protected abstract Rational Loss(Rational distance, Rational parameter);

    private protected abstract ExactLaw Law(Rational parameter);

    private protected abstract Func<Int128> Sampler(Rational parameter, IRandomBytes source);

    private protected abstract Measurement<Int128, Int128, Rational> Scalar(
        AtomDomain<Int128> domain, Rational parameter, IRandomBytes? source = null);

    private protected abstract Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(
        VectorDomain<Int128> domain, Rational parameter, IRandomBytes? source = null);
}
