namespace CivicSense.Privacy;

/// <summary>
/// The true answer with a public probability, otherwise a lie: privacy that needs to trust nobody. Warner 1965; OpenDP:
/// <c>make_randomized_response_bool</c> and <c>make_randomized_response</c>, with the same meaning of the probability.
/// </summary>
/// <remarks>
/// The time of an answer depends on the words that are drawn, of which as many are used whatever the truth is, but for the uniform lie,
/// whose bound differs for a value that is no category. Proof: docs/privacy/randomised-response.md.
/// </remarks>
public static class RandomizedResponse
{
    static readonly Rational Half = new(1, 2);

    /// <summary>
    /// The truth with probability p, its contrary with probability 1 - p. The map from <see cref="DiscreteDistance"/> is
    /// 1 -> ln(p / (1 - p)), rounded up; it is 0 exactly where p is 1/2 and the answer tells nothing.
    /// </summary>
    /// <param name="probabilityOfTruth">p; at least 1/2 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public static Measurement<bool, bool, Rational> Boolean(Rational probabilityOfTruth) =>
        Boolean(probabilityOfTruth, OperatingSystemRandomBytes.Instance);

    internal static Measurement<bool, bool, Rational> Boolean(Rational probabilityOfTruth, IRandomBytes source)
    {
        RequireProbability(probabilityOfTruth, Half, nameof(probabilityOfTruth));
        var words = new LockedWords(source);
        var (numerator, denominator) = (probabilityOfTruth.Numerator, probabilityOfTruth.Denominator);
        return new Measurement<bool, bool, Rational>(
            new Space<bool>(new AnyDomain<bool>(), new DiscreteDistance()),
            new MaxDivergence(),
            truth => words.Draw(random => ExactBernoulli.Sample(random, numerator, denominator)) == truth,
            MapOf(probabilityOfTruth, categories: 2));
    }

    /// <summary>
    /// The truth with probability p, each of the other k - 1 categories with probability (1 - p) / (k - 1); a value that is no category
    /// gets each category with probability 1 / k. The map from <see cref="DiscreteDistance"/> is 1 -> ln(p (k - 1) / (1 - p)), rounded up;
    /// it is 0 exactly where p is 1/k and the answer tells nothing.
    /// </summary>
    /// <param name="categories">The public categories; at least two, no two equal.</param>
    /// <param name="probabilityOfTruth">p; at least 1/k and below 1.</param>
    /// <typeparam name="T">The type of the categories. Equal values must be indistinguishable.</typeparam>
    /// <exception cref="ArgumentException">There are fewer than two categories, or two are equal.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public static Measurement<T, T, Rational> Categorical<T>(IReadOnlyList<T> categories, Rational probabilityOfTruth)
        where T : notnull =>
        Categorical(categories, probabilityOfTruth, OperatingSystemRandomBytes.Instance);

    internal static Measurement<T, T, Rational> Categorical<T>(
        IReadOnlyList<T> categories, Rational probabilityOfTruth, IRandomBytes source)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(categories);
        if (categories.Count < 2)
            throw new ArgumentException($"There must be at least two categories; there are {categories.Count}.", nameof(categories));

        var index = CategoryIndex.Of(categories);
        T[] answers = [.. categories];
        RequireProbability(probabilityOfTruth, new Rational(1, answers.Length), nameof(probabilityOfTruth));
        var words = new LockedWords(source);
        return new Measurement<T, T, Rational>(
            new Space<T>(new AnyDomain<T>(), new DiscreteDistance()),
            new MaxDivergence(),
            truth =>
            {
                int? place = index.TryGetValue(truth, out var i) ? i : null;
                return answers[words.Draw(random => Answer(random, place, answers.Length, probabilityOfTruth))];
            },
            MapOf(probabilityOfTruth, answers.Length));
    }

    /// <summary>The index of the answer. Both the lie and the coin are drawn in every case.</summary>
    static int Answer(RandomWords words, int? truth, int categories, Rational probabilityOfTruth)
    {
        var lie = (int)ExactBernoulli.Uniform(words, (ulong)(truth is null ? categories : categories - 1));
        var honest = ExactBernoulli.Sample(words, probabilityOfTruth.Numerator, probabilityOfTruth.Denominator);
        if (truth is not { } index)
            return lie;

        // The lies are the categories without the true one: those from it on are one further up.
        return honest ? index : lie >= index ? lie + 1 : lie;
    }

    static Func<Rational, Rational> MapOf(Rational probabilityOfTruth, int categories)
    {
        var epsilon = DirectedRounding.LogUp(probabilityOfTruth * (categories - 1) / (Rational.One - probabilityOfTruth));
        return distance => distance * epsilon;
    }

    static void RequireProbability(Rational probability, Rational least, string argument)
    {
        if (probability < least || probability >= Rational.One)
        {
            throw new ArgumentOutOfRangeException(
                argument, probability, $"The probability of the truth must be at least {least} and below 1.");
        }
    }
}
