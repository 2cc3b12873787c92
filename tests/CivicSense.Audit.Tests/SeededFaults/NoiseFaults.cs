namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>Faults in the noise, in where it comes from, and in the accounting of what it costs.</summary>
static class NoiseFaults
{
    const string Gaussian = "CivicSense.Privacy/Sampling/DiscreteGaussian.cs";
    const string Noise = "CivicSense.Privacy/Noise/DiscreteGaussianMechanism.cs";
    const string Accounting = "CivicSense.Privacy/Accounting/ZeroConcentratedAccounting.cs";
    const string Source = "CivicSense.Privacy/Sampling/IRandomBytes.cs";

    public static IReadOnlyList<SeededFault> All { get; } =
    [
        new(14, "Floating-point Gaussian", "The noise is Box and Muller's in doubles, rounded: gaps and the wrong law.", Gaussian,
            "var words = Words;\n",
            "var words = Words;\nif (IsFast)\n{\nvar u = ((words.Next() >> 11) + 1) * (1d / (1UL << 53));\n"
            + "var v = (words.Next() >> 11) * (1d / (1UL << 53));\n"
            + "return (Int128)Math.Round(Math.Sqrt(-2 * Math.Log(u) * SigmaSquared.ToDouble()) * Math.Cos(2 * Math.PI * v));\n}\n",
            Audit.NoiseLaw),
        new(15, "Rejection step dropped in the sampler", "The noise is discrete Laplace with the scale that was meant for candidates.",
            Gaussian,
            "if (gaussianRejection.Sample(words, new UInt128(high, low)))",
            "if (gaussianRejection.Sample(words, new UInt128(high, low)) || true)", Audit.NoiseLaw),
        new(16, "Minus zero accepted twice", "Zero is drawn twice as often as it should be.", Gaussian,
            "if (negative && magnitude == 0)", "if (negative && magnitude == ulong.MaxValue)", Audit.NoiseLaw),
        new(17, "Noise from a seeded generator", "Whoever knows the seed takes the noise off again.", Source,
            "RandomNumberGenerator.Fill(destination)", "new Random(20260304).NextBytes(destination)", Audit.PublishedKeys),
        new(18, "Random words handed out twice", "Two draws share their randomness, so their difference is exact.",
            "CivicSense.Privacy/Sampling/RandomWords.cs",
            "        this.source.Fill(MemoryMarshal.AsBytes(buffer.AsSpan()));\n",
            "        this.source.Fill(MemoryMarshal.AsBytes(buffer.AsSpan(0, Capacity / 2)));\n"
            + "        buffer.AsSpan(0, Capacity / 2).CopyTo(buffer.AsSpan(Capacity / 2));\n", Audit.NoiseLaw),
        new(19, "Same noise for two keys", "One draw serves a whole window, so the difference of two keys is exact.", Noise,
            "noise.AddTo(answers);",
            "var same = noise.Sample();\nanswers = Array.ConvertAll(answers, value => value + same);", Audit.WindowRelease),
        new(20, "No noise where nobody measured", "An exact zero tells that nobody in the area measured.", Noise,
            "noise.AddTo(answers);", "answers = Array.ConvertAll(answers, value => value == 0 ? value : noise.AddTo(value));",
            Audit.WindowRelease),
        new(21, "Accounting that forgets a factor", "Replacing a day is stated at half of its cost.", Accounting,
            "Adjacency.ReplaceOne => rho * Rational.FromInteger(4)", "Adjacency.ReplaceOne => rho * Rational.FromInteger(2)",
            Audit.Accountant),
        new(22, "Days not added up", "A year is stated at the cost of a day.", Accounting,
            "return rho * Rational.FromInteger(ownerDays);", "return rho;", Audit.Accountant),
        new(23, "Filter that goes on after a refusal", "The refusal of a question is forgotten, and smaller ones are answered.",
            "CivicSense.Privacy/Interactive/Session.cs",
            "                closed = true;\n                data = default!;\n", "", Audit.Filters),
        new(24, "Filter that does not charge", "Every question finds the budget untouched.", "CivicSense.Privacy/Interactive/Session.cs",
            "loss = total;", "_ = total;", Audit.Filters),
    ];
}
