namespace CivicSense.Privacy.Tests;

/// <summary>The laws of the three selection mechanisms, each computed from its definition and independently of the samplers.</summary>
static class SelectionLaws
{
    public delegate double[] Law(IReadOnlyList<long> scores, double scale);

    /// <summary>P(i) proportional to exp(score / scale).</summary>
    public static double[] Exponential(IReadOnlyList<long> scores, double scale)
    {
        var weights = Weights(scores, scale);
        var total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    /// <summary>The average over all orders of: accepted, and none before it was.</summary>
    public static double[] PermuteAndFlip(IReadOnlyList<long> scores, double scale)
    {
        var (weights, law, orders) = (Weights(scores, scale), new double[scores.Count], 0);
        foreach (var order in Orders([.. Enumerable.Range(0, scores.Count)]))
        {
            var rejected = 1.0;
            orders++;
            foreach (var candidate in order)
            {
                law[candidate] += rejected * weights[candidate];
                rejected *= 1 - weights[candidate];
            }
        }

        return [.. law.Select(mass => mass / orders)];
    }

    /// <summary>The sum over the noise of the winner; earlier candidates must stay below it, later ones must not exceed it.</summary>
    public static double[] NoisyMax(IReadOnlyList<long> scores, double scale)
    {
        // Beyond this reach there is less than 1e-20 of the noise.
        var reach = (long)(47 * scale) + 2;
        var decay = Math.Exp(-1 / scale);
        var law = new double[scores.Count];
        for (var winner = 0; winner < law.Length; winner++)
        {
            for (var noise = -reach; noise <= reach; noise++)
            {
                var mass = (1 - decay) / (1 + decay) * Math.Pow(decay, Math.Abs(noise));
                for (var other = 0; other < law.Length; other++)
                {
                    var room = scores[winner] + noise - scores[other] - (other < winner ? 1 : 0);
                    mass *= other == winner ? 1 : AtMost(room);
                }

                law[winner] += mass;
            }
        }

        return law;

        double AtMost(long x) => x >= 0 ? 1 - (Math.Pow(decay, x + 1) / (1 + decay)) : Math.Pow(decay, -x) / (1 + decay);
    }

    /// <summary>The largest log ratio of the probabilities of an outcome.</summary>
    public static double MaxDivergence(double[] first, double[] second) =>
        first.Zip(second, (p, q) => Math.Abs(Math.Log(p / q))).Max();

    /// <summary>The Renyi divergence of an order above 1. Summed by logarithms, as the powers alone overflow.</summary>
    public static double RenyiDivergence(double[] first, double[] second, double order)
    {
        var terms = first.Zip(second, (p, q) => (order * Math.Log(p)) - ((order - 1) * Math.Log(q))).ToArray();
        return (terms.Max() + Math.Log(terms.Sum(term => Math.Exp(term - terms.Max())))) / (order - 1);
    }

    static double[] Weights(IReadOnlyList<long> scores, double scale)
    {
        var largest = scores.Max();
        return [.. scores.Select(score => Math.Exp((score - largest) / scale))];
    }

    static IEnumerable<int[]> Orders(int[] items) => items.Length == 0
        ? [[]]
        : items.SelectMany(first => Orders([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));
}
