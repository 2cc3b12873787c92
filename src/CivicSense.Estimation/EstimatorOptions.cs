namespace CivicSense.Estimation;

/// <summary>Parts of the estimator that can be switched off to see what each is worth. A node has all of them.</summary>
sealed record EstimatorOptions
{
    /// <summary>Whether areas share a city factor: otherwise all of it is each area's own.</summary>
    public bool CityFactor { get; init; } = true;

    /// <summary>Whether an area learns from the areas around it.</summary>
    public bool Pooling { get; init; } = true;

    /// <summary>Whether what is measured later revises what was estimated before.</summary>
    public bool Smoothing { get; init; } = true;

    /// <summary>Whether parameters are fitted to the released values.</summary>
    public bool Fitting { get; init; } = true;

    /// <summary>From this day on nothing is fitted but the season's roughness; null for never.</summary>
    public Commons.PrivacyDay? FittingEnds { get; init; }
}
