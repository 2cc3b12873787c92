using System.Numerics;

namespace CivicSense.Privacy.Tests;

public sealed class StableKeyCountsTests
{
    const int Samples = 60_000;

    static readonly VectorDomain<string> Keys = Domains.Any<string>();

    [Theory] // 60,000 samples each, false positive 1e-6
    [InlineData(3, 2, 4)]
    [InlineData(7, 3, 10)]
    [InlineData(10, 4, 10)]
    public void A_key_is_published_with_the_law_of_its_noisy_count(int rows, int scale, int threshold)
    {
        var counts = StableKeyCounts.Of(Keys, scale, threshold);
        string[] data = [.. Enumerable.Repeat("k", rows)];
        var (unpublished, published) = (0, new Dictionary<Int128, int>());
        for (var i = 0; i < Samples; i++)
        {
            var answer = counts.Function(data);
            if (answer.Count == 0)
            {
                unpublished++;
                continue;
            }

            Assert.Equal("k", answer[0].Key);
            published[answer[0].Count] = published.GetValueOrDefault(answer[0].Count) + 1;
        }

        var law = new KeyLaw(scale);
        var last = threshold + (5 * scale);
        var values = Enumerable.Range(threshold, last - threshold).ToArray();
        Assert.All(published.Keys, value => Assert.True(value >= threshold));
        Statistics.AssertChiSquare(
            [
                unpublished,
                .. values.Select(value => (double)published.GetValueOrDefault(value)),
                published.Where(pair => pair.Key >= last).Sum(pair => pair.Value),
            ],
            [
                Samples * law.Below(threshold - rows),
                .. values.Select(value => Samples * law.Mass(value - rows)),
                Samples * law.AtLeast(last - rows),
            ]);
    }

    [Fact]
    public void The_exact_delta_of_neighbours_is_within_the_map() => Neighbours.Check(
        neighbours =>
        {
            var random = neighbours.Random;
            var (d, scale) = (random.Next(1, 4), random.Next(1, 4));
            var threshold = d + random.Next(1, 6);
            var (first, second) = (new int[3], new int[3]);
            for (var key = 0; key < 3; key++)
                first[key] = second[key] = random.Next(3) == 0 ? random.Next(1, threshold + 2) : 0;

            for (var change = 0; change < d; change++)
            {
                var (side, key) = (random.Next(2) == 0 ? first : second, random.Next(3));
                side[key]++;
            }

            AssertWithin(first, second, d, scale, threshold);
            AssertWithin(second, first, d, scale, threshold);
        },
        tests: 200);

    static void AssertWithin(int[] first, int[] second, int distance, int scale, int threshold)
    {
        var loss = StableKeyCounts.Of(Keys, scale, threshold);
        if (StableKeyCounts.Delta(scale, threshold, distance) >= Rational.One)
        {
            Assert.ThrowsAny<ArgumentException>(() => loss.Map(distance));
            return;
        }

        var (epsilon, delta) = (loss.Map(distance).Loss.ToDouble(), loss.Map(distance).Delta.ToDouble());
        var exact = KeyLaw.HockeyStick(new KeyLaw(scale), first, second, threshold, epsilon);
        var neighbours = $"{string.Join(',', first)} against {string.Join(',', second)}, threshold {threshold}, scale {scale}";
        Assert.True(exact <= delta + 1e-12, $"delta {exact}, map {delta}: {neighbours}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Delta_is_attained_by_a_key_that_only_one_side_has(int d)
    {
        var map = StableKeyCounts.Of(Keys, 1, 8).Map(d);
        Assert.Equal(map.Delta.ToDouble(), KeyLaw.HockeyStick(new KeyLaw(1), [d], [0], 8, epsilon: d), 1e-12);
    }

    [Theory]
    [InlineData(10, 5, 4)]
    [InlineData(10, 50, 20)]
    [InlineData(29, 50, 20)] // the largest term is above the scale
    [InlineData(22, 50, 20)] // and here below it
    [InlineData(3, 5, 4)]
    [InlineData(70, 100, 30)]
    [InlineData(300, 100, 30)]
    [InlineData(1000, 1000, 30)]
    public void Delta_is_the_largest_of_its_terms_and_below_the_plain_sum(int tenthsOfScale, int threshold, int distance)
    {
        var scale = new Rational(tenthsOfScale, 10);
        var law = new KeyLaw(scale.ToDouble());
        var delta = StableKeyCounts.Delta(scale, threshold, distance).ToDouble();
        Assert.Equal(1, delta / Enumerable.Range(1, distance).Max(j => j * law.AtLeast(threshold - distance + j - 1)), 1e-9);
        Assert.True(delta <= distance * law.AtLeast(threshold - distance) * (1 + 1e-9));
    }

    [Theory]
    [InlineData(1, 1, 1, 1_000_000)]
    [InlineData(10, 1, 1, 1_000_000)]
    [InlineData(10, 5, 1, 1_000_000)]
    [InlineData(3, 40, 1, 1000)]
    [InlineData(1, 3, 999, 1000)]
    public void The_smallest_threshold_suffices_and_the_one_below_does_not(
        int scale, int distance, int deltaNumerator, int deltaDenominator)
    {
        var delta = new Rational(deltaNumerator, deltaDenominator);
        var threshold = StableKeyCounts.SmallestThreshold(scale, distance, delta);
        var limit = new ApproximateLoss<Rational>(new Rational(distance, scale), delta);
        Assert.True(StableKeyCounts.Of(Keys, scale, threshold).Check(distance, limit));
        Assert.True(threshold == distance + 1 || StableKeyCounts.Delta(scale, threshold - 1, distance) > delta);
    }

    [Fact]
    public void The_map_is_the_distance_over_the_scale_with_delta_rounded_up()
    {
        var loss = StableKeyCounts.Of(Keys, new(5, 2), 40).Map(2);
        Assert.Equal(new Rational(4, 5), loss.Loss);
        var exact = new KeyLaw(2.5);
        Assert.Equal(1, loss.Delta.ToDouble() / Math.Max(exact.AtLeast(38), 2 * exact.AtLeast(39)), 1e-9);
        Assert.Equal(new ApproximateLoss<Rational>(0, 0), StableKeyCounts.Of(Keys, 1, 40).Map(0));
    }

    [Fact]
    public void A_distance_that_reaches_the_threshold_is_refused_before_data_are_touched()
    {
        var counts = StableKeyCounts.Of(Keys, 1, 5);
        Assert.True(counts.Map(4).Delta < Rational.One);
        Assert.Throws<ArgumentOutOfRangeException>(() => counts.Map(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => counts.Map(500));
        Assert.Throws<ArgumentOutOfRangeException>(() => counts.Release(5, null!));
    }

    [Fact]
    public void A_delta_of_one_is_no_guarantee_and_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StableKeyCounts.Of(Keys, 1000, 100).Map(50));

    [Fact] // 60,000 samples, false positive 1e-6
    public void The_order_of_keys_is_uniform_whatever_the_order_of_rows()
    {
        var counts = StableKeyCounts.Of(Keys, 1, 2);
        // Of 40 rows a key stays below the threshold of 2 with probability below exp(-38).
        string[] data = [.. Enumerable.Repeat("a", 40), .. Enumerable.Repeat("b", 80), .. Enumerable.Repeat("c", 40)];
        var orders = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Samples; i++)
        {
            var order = string.Concat(counts.Function(data).Select(key => key.Key));
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        Statistics.AssertChiSquare(
            [.. new[] { "abc", "acb", "bac", "bca", "cab", "cba" }.Select(order => (double)orders.GetValueOrDefault(order))],
            [.. Enumerable.Repeat(Samples / 6d, 6)]);
    }

    [Fact]
    public void Owners_are_protected_behind_a_truncation()
    {
        var counts = OwnerTruncation.Of(Domains.OwnedAny<string>(), Domains.OwnersPresent, 3, distinct: true)
            .Then(StableKeyCounts.Of(Keys, 1, 20));
        Assert.Equal(StableKeyCounts.Of(Keys, 1, 20).Map(3), counts.Map(1));
        Assert.Equal(StableKeyCounts.Of(Keys, 1, 20).Map(6), counts.Map(2));

        // One owner alone is below the threshold but with probability below exp(-18), whatever the number of rows.
        Assert.Empty(counts.Release(1, [.. Enumerable.Repeat(new Owned<string>(1, "mine"), 10_000)]).Value);
    }

    [Fact] // 99 rows "1.0" after one row "1.00" of somebody would publish "1.00"
    public void Keys_that_are_equal_but_can_be_told_apart_are_refused()
    {
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<decimal>(), 1, 5));
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<double>(), 1, 5));
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<float>(), 1, 5));
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<Half>(), 1, 5));
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<DateTime>(), 1, 5));
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<DateTimeOffset>(), 1, 5));
        Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<Complex>(), 1, 5));
        var refusal = Domains.AssertRefused("domain", () => StableKeyCounts.Of(Domains.Any<(string Street, double Level)>(), 1, 5));
        Assert.Contains("ValueTuple<String, Double>", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(StableKeyCounts.Of(Domains.Any<(string Street, int House)>(), 1, 5));
    }

    [Fact]
    public void Rows_are_counted_before_the_generator_is_locked()
    {
        var counts = StableKeyCounts.Of(Domains.Any<ReentrantKey>(), 1, 2);
        ReentrantKey other = new(2, () => { });
        var key = new ReentrantKey(1, () => counts.Function([other, other]));
        Assert.True(counts.Function([key, key]).Count <= 1);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        foreach (var bad in new Rational[] { 0, -1 })
        {
            Domains.AssertRefused("scale", () => StableKeyCounts.Of(Keys, bad, 5));
            Domains.AssertRefused("scale", () => StableKeyCounts.SmallestThreshold(bad, 1, new(1, 100)));
        }

        Domains.AssertRefused("threshold", () => StableKeyCounts.Of(Keys, 1, 1));
        Domains.AssertRefused("threshold", () => StableKeyCounts.Of(Keys, 1, -5));
        Domains.AssertRefused("inputDistance", () => StableKeyCounts.SmallestThreshold(1, 0, new(1, 100)));
        Domains.AssertRefused("inputDistance", () => StableKeyCounts.SmallestThreshold(1, new(3, 2), new(1, 100)));
        Domains.AssertRefused("delta", () => StableKeyCounts.SmallestThreshold(1, 1, 0));
        Domains.AssertRefused("delta", () => StableKeyCounts.SmallestThreshold(1, 1, 1));
    }
}
