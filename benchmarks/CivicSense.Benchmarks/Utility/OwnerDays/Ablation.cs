using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Release;

namespace CivicSense.Benchmarks.Utility;

/// <summary>One part of the method switched off, to see what it is worth.</summary>
/// <param name="Name">What is switched off; <c>none</c> for nothing.</param>
sealed record Ablation(string Name)
{
    /// <summary>Nothing is switched off.</summary>
    public const string None = "none";

    /// <summary>Residuals are taken from the prior mean, which never changes, in place of the prediction.</summary>
    public const string Residual = "residual";

    /// <summary>
    /// Every hour has the same small budget of its own, 1/sqrt(24) of what is left beside the activity, in place of one for the day.
    /// </summary>
    public const string Budget = "budget";

    /// <summary>An hour may take all that is left of the day's budget.</summary>
    public const string Pacing = "pacing";

    /// <summary>Areas share nothing from hour to hour.</summary>
    public const string City = "city";

    /// <summary>An area learns nothing from the areas around it.</summary>
    public const string Pooling = "pooling";

    /// <summary>What is measured later revises nothing.</summary>
    public const string Smoother = "smoother";

    /// <summary>The model's parameters stay the public constants that it began with.</summary>
    public const string Fit = "fit";

    /// <summary>What can be switched off.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, Residual, Budget, Pacing, City, Pooling, Smoother, Fit];

    /// <summary>Makes the estimator, with the part switched off that is a part of it.</summary>
    /// <param name="store">Where estimates go.</param>
    /// <param name="references">The official stations, if it gets them.</param>
    /// <param name="firstCounted">The first day on which errors count: nothing is fitted from then on.</param>
    public NeighbourhoodEstimator Estimator(IEstimateStore store, IReferenceSource? references, PrivacyDay firstCounted) => new(
        store, references, versions: null,
        new EstimatorOptions
        {
            CityFactor = Name != City, Pooling = Name != Pooling, Smoothing = Name != Smoother, Fitting = Name != Fit,
            FittingEnds = firstCounted,
        });

    /// <summary>The baseline that the release takes.</summary>
    public IPublicBaseline Baseline(NeighbourhoodEstimator estimator) => Name == Residual ? new PriorBaseline(estimator) : estimator;

    /// <summary>The plan that the release follows.</summary>
    public PrivatePlan Plan(PrivatePlan plan)
    {
        if (Name == Pacing)
            return plan with { Public = plan.Public with { Pacing = 0 } };
        if (Name != Budget)
            return plan;
        var hour = Math.Sqrt((1 - (double)plan.Public.ActivityShare) / plan.Public.Windows().Count());
        return plan with
        {
            Public = plan.Public
                with { Pacing = 0,
                Quantities = [.. plan.Public.Quantities.Select(planned => planned with { Cap = hour / planned.Weight })] },
        };
    }

    /// <summary>Prepares as the estimator does, but predicts the prior mean.</summary>
    sealed class PriorBaseline(IPublicBaseline estimator) : IPublicBaseline
    {
        public ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken) =>
            estimator.PrepareAsync(plan, window, cancellationToken);

        public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
        {
            for (var key = 0; key < plan.KeyCount; key++)
                baselines[key] = plan.Quantities[key % plan.Quantities.Length].Quantity.PriorMean;
        }
    }
}
