using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>One hour of a filter's past: what was predicted and how each area's measurement changed it. Enough to smooth it later.</summary>
sealed class FilterStep
{
    /// <summary>The hour.</summary>
    public required HourWindow Window { get; init; }

    /// <summary>The day's plan; null for an hour that no plan covers.</summary>
    public required ReleasePlan? Plan { get; init; }

    public required StateLayout Layout { get; init; }

    public required double[] CityRow { get; init; }

    /// <summary>Where the areas changed since the step before: applied before <see cref="Retention"/>.</summary>
    public required LayoutChange? Change { get; init; }

    /// <summary>The diagonal of the transition from the step before.</summary>
    public required double[] Retention { get; init; }

    public required double[] PredictedMean { get; init; }

    public required SymmetricMatrix PredictedCovariance { get; init; }

    /// <summary>The estimated number of active owners by area, as it was known in this hour.</summary>
    public required OwnerCount[] Owners { get; init; }

    /// <summary>The scalar updates in the order they were made.</summary>
    public List<ScalarUpdate> Updates { get; } = [];

    /// <summary>P h for the observation row h of an area.</summary>
    public double[] Observe(SymmetricMatrix covariance, int area)
    {
        var result = new double[Layout.Dimension];
        for (var component = 0; component < StateLayout.CityComponents; component++)
            Add(result, covariance.Row(component), CityRow[component]);
        Add(result, covariance.Row(StateLayout.Offset(area)), 1);
        Add(result, covariance.Row(StateLayout.Local(area)), 1);
        return result;

        static void Add(double[] target, ReadOnlySpan<double> source, double factor)
        {
            for (var i = 0; i < target.Length; i++)
                target[i] += factor * source[i];
        }
    }

    /// <summary>h'v for the observation row h of an area.</summary>
    public double Observe(ReadOnlySpan<double> vector, int area)
    {
        var sum = vector[StateLayout.Offset(area)] + vector[StateLayout.Local(area)];
        for (var component = 0; component < StateLayout.CityComponents; component++)
            sum += CityRow[component] * vector[component];
        return sum;
    }

    /// <summary>The observation row h of an area, times a factor, added to a vector.</summary>
    public void AddRow(double[] vector, int area, double factor)
    {
        for (var component = 0; component < StateLayout.CityComponents; component++)
            vector[component] += factor * CityRow[component];
        vector[StateLayout.Offset(area)] += factor;
        vector[StateLayout.Local(area)] += factor;
    }

    /// <summary>The model-scale values of all areas and their joint covariance, for a state of this step.</summary>
    public AreaMoments Moments(double[] mean, SymmetricMatrix covariance, double level)
    {
        var count = Layout.Areas.Length;
        var moments = new AreaMoments(new double[count], new SymmetricMatrix(count));
        for (var area = 0; area < count; area++)
        {
            moments.Mean[area] = level + Observe(mean, area);
            var column = Observe(covariance, area);
            for (var other = 0; other < count; other++)
                moments.Covariance.AddAt(area, other, Observe(column, other));
        }
        return moments;
    }
}

/// <summary>How one scalar observation of an area changed the state: mean += Gain e / S, covariance -= Gain Gain' / S, with Gain = P h.</summary>
readonly record struct ScalarUpdate(int Area, double[] Gain, double Variance, double Innovation);

/// <summary>Means and joint covariance of the areas' values in one hour, on the model scale.</summary>
sealed record AreaMoments(double[] Mean, SymmetricMatrix Covariance);
