namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>
/// A classifier that is told nothing about the mechanism: it learns from labelled days which linear combination of a day's published
/// numbers betrays the target, as DP-Sniper does (Bichsel et al., IEEE S&amp;P 2021).
/// </summary>
sealed class LogisticRegression
{
    const int Steps = 400;
    const double Ridge = 1e-3;
    const double Momentum = 0.9;

    readonly double[] fitted;

    LogisticRegression(double[] fitted) => this.fitted = fitted;

    /// <summary>Fits the weights to the training trials by gradient descent with momentum on the regularised log-likelihood.</summary>
    public static LogisticRegression Train(IReadOnlyList<Trial> trials)
    {
        // The last weight is the constant term.
        var size = trials[0].Residual.Length + 1;
        var weights = new double[size];
        var velocity = new double[size];
        var gradient = new double[size];
        // The curvature of the log-likelihood is at most a quarter of the mean squared norm.
        var rate = 1 / ((0.25 * trials.Average(trial => trial.Residual.Sum(x => x * x) / trial.Residual.Length) * 4) + Ridge);
        for (var step = 0; step < Steps; step++)
        {
            Array.Clear(gradient);
            foreach (var trial in trials)
            {
                var error = (trial.TargetMeasured ? 1 : 0) - (1 / (1 + Math.Exp(-Score(weights, trial.Residual))));
                for (var i = 0; i < trial.Residual.Length; i++)
                    gradient[i] += error * trial.Residual[i];
                gradient[^1] += error;
            }
            for (var i = 0; i < size; i++)
            {
                velocity[i] = (Momentum * velocity[i]) + ((1 - Momentum) * ((gradient[i] / trials.Count) - (Ridge * weights[i])));
                weights[i] += rate * velocity[i];
            }
        }
        return new LogisticRegression(weights);
    }

    /// <summary>Larger where the target is likelier to have measured.</summary>
    public double Score(Trial trial) => Score(fitted, trial.Residual);

    static double Score(double[] weights, double[] residual)
    {
        var score = weights[^1];
        for (var i = 0; i < residual.Length; i++)
            score += weights[i] * residual[i];
        return score;
    }
}
