namespace CivicSense.Estimation;

/// <summary>Looks back over a filter's history: what is known about an hour, or a sum over hours, from everything measured since.</summary>
/// <remarks>
/// Fixed-interval smoothing in the form of Bryson and Frazier (1963; Bierman 1973): an adjoint vector and matrix run backward through the
/// scalar updates, so nothing is ever inverted.
/// </remarks>
sealed class Smoother(QuantityFilter filter)
{
    /// <summary>The smoothed area values of the history's steps <paramref name="first"/> to <paramref name="last"/>.</summary>
    public AreaMoments[] Hours(int first, int last)
    {
        var result = new AreaMoments[last - first + 1];
        var history = filter.History;
        var dimension = history[^1].Layout.Dimension;
        var vector = new double[dimension];
        var matrix = new SymmetricMatrix(dimension);
        for (var index = history.Count - 1; index >= first; index--)
        {
            var step = history[index];
            for (var update = step.Updates.Count - 1; update >= 0; update--)
                StepBack(step, step.Updates[update], vector, matrix);
            if (index <= last)
                result[index - first] = Smoothed(step, vector, matrix);

            if (index == first)
                break;
            for (var i = 0; i < vector.Length; i++)
                vector[i] *= step.Retention[i];
            matrix.Scale(step.Retention);
            if (step.Change is { } change)
            {
                vector = change.ApplyTransposed(vector);
                matrix = change.ApplyTransposed(matrix);
            }
        }
        return result;
    }

    /// <summary>The joint covariance of several sums over hours and areas of the area values, given everything measured since.</summary>
    /// <param name="first">The index of the first step that the sums take part in.</param>
    /// <param name="weights">For each step from the first: the weights of the areas, one row for each sum.</param>
    public double[] Variances(int first, IReadOnlyList<double[][]> weights)
    {
        var history = filter.History;
        var sums = weights[0].Length;
        var result = new double[sums];
        var covariances = new double[sums][];
        for (var sum = 0; sum < sums; sum++)
            covariances[sum] = new double[history[first].Layout.Dimension];

        for (var index = first; index < history.Count; index++)
        {
            var step = history[index];
            for (var sum = 0; sum < sums; sum++)
            {
                if (index > first)
                    covariances[sum] = Carry(step, covariances[sum]);
                if (index - first < weights.Count)
                    result[sum] += Add(step, covariances[sum], weights[index - first][sum]);
                result[sum] -= Condition(step, covariances[sum]);
            }
        }
        return result;
    }

    /// <summary>One scalar update in reverse: with C = I - Gain h' / S, the vector becomes C'v - h e / S and the matrix C'MC + h h' / S.</summary>
    static void StepBack(FilterStep step, ScalarUpdate update, double[] vector, SymmetricMatrix matrix)
    {
        var product = matrix.Multiply(update.Gain);
        var quadratic = SymmetricMatrix.Dot(product, update.Gain);
        step.AddRow(vector, update.Area, -(SymmetricMatrix.Dot(update.Gain, vector) + update.Innovation) / update.Variance);

        // C'MC + h h'/S = M + h z' + z h', with z = -product/S + h (quadratic/S + 1) / 2S.
        for (var i = 0; i < product.Length; i++)
            product[i] /= -update.Variance;
        step.AddRow(product, update.Area, 0.5 * (quadratic / update.Variance + 1) / update.Variance);
        for (var component = 0; component < StateLayout.CityComponents; component++)
            matrix.AddToRowAndColumn(component, product, step.CityRow[component]);
        matrix.AddToRowAndColumn(StateLayout.Offset(update.Area), product, 1);
        matrix.AddToRowAndColumn(StateLayout.Local(update.Area), product, 1);
    }

    AreaMoments Smoothed(FilterStep step, double[] vector, SymmetricMatrix matrix)
    {
        var moments = step.Moments(step.PredictedMean, step.PredictedCovariance, filter.Level);
        var count = step.Layout.Areas.Length;
        var columns = new double[count][];
        for (var area = 0; area < count; area++)
            columns[area] = step.Observe(step.PredictedCovariance, area);
        for (var area = 0; area < count; area++)
        {
            moments.Mean[area] -= SymmetricMatrix.Dot(columns[area], vector);
            var product = matrix.Multiply(columns[area]);
            for (var other = 0; other < count; other++)
                moments.Covariance.AddAt(area, other, -SymmetricMatrix.Dot(product, columns[other]));
        }
        return moments;
    }

    static double[] Carry(FilterStep step, double[] covariance)
    {
        var carried = step.Change is { } change ? change.Apply(covariance) : covariance;
        for (var i = 0; i < carried.Length; i++)
            carried[i] *= step.Retention[i];
        return carried;
    }

    /// <summary>Adds this hour's part to a sum; returns by how much the sum's variance grows.</summary>
    static double Add(FilterStep step, double[] covariance, double[] weights)
    {
        var row = new double[covariance.Length];
        for (var area = 0; area < weights.Length; area++)
            step.AddRow(row, area, weights[area]);
        var product = step.PredictedCovariance.Multiply(row);
        var growth = 2 * SymmetricMatrix.Dot(row, covariance) + SymmetricMatrix.Dot(row, product);
        for (var i = 0; i < covariance.Length; i++)
            covariance[i] += product[i];
        return growth;
    }

    /// <summary>Conditions a sum on this hour's measurements; returns by how much its variance shrinks.</summary>
    static double Condition(FilterStep step, double[] covariance)
    {
        var shrinkage = 0.0;
        foreach (var update in step.Updates)
        {
            var common = step.Observe(covariance, update.Area) / update.Variance;
            shrinkage += common * common * update.Variance;
            for (var i = 0; i < covariance.Length; i++)
                covariance[i] -= common * update.Gain[i];
        }
        return shrinkage;
    }
}
