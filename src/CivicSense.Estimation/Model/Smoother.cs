namespace CivicSense.Estimation;

/// <summary>Looks back over a filter's history: what is known about an hour, or a sum over hours, from everything measured since.</summary>
/// <remarks>
/// Fixed-interval smoothing in the form of Bryson and Frazier (1963; Bierman 1973): an adjoint vector and matrix run backward through the
/// scalar updates, so nothing is ever inverted.
/// </remarks>
sealed class Smoother(AreaFilter filter)
{
    /// <summary>
    /// The smoothed values of the filter's area in the history's steps <paramref name="first"/> to <paramref name="last"/>.
    /// </summary>
    public Moments[] Hours(int first, int last)
    {
        var result = new Moments[last - first + 1];
        var vector = new double[StateLayout.Dimension];
        var matrix = new SymmetricMatrix(StateLayout.Dimension);
        for (var index = filter.History.Count - 1; index >= first; index--)
        {
            var step = filter.History[index];
            for (var update = step.Updates.Count - 1; update >= 0; update--)
                StepBack(step, step.Updates[update], vector, matrix);
            if (index <= last)
                result[index - first] = Smoothed(step, vector, matrix);
            for (var i = 0; i < vector.Length; i++)
                vector[i] *= step.Hour.Retention[i];
            matrix.Scale(step.Hour.Retention);
        }
        return result;
    }

    /// <summary>The variance of a weighted sum of the area's values over hours, given everything measured since.</summary>
    /// <param name="first">The index of the first step that the sum takes part in.</param>
    /// <param name="weights">The weights of the steps from the first.</param>
    public double Variance(int first, ReadOnlySpan<double> weights)
    {
        var variance = 0.0;
        // The sum's covariance with the state, carried forward.
        var covariance = new double[StateLayout.Dimension];
        for (var index = first; index < filter.History.Count; index++)
        {
            var step = filter.History[index];
            for (var i = 0; index > first && i < covariance.Length; i++)
                covariance[i] *= step.Hour.Retention[i];
            if (index - first < weights.Length)
                variance += Add(step, covariance, weights[index - first]);
            variance -= Condition(step, covariance);
        }
        return Math.Max(variance, 0);
    }

    /// <summary>
    /// One scalar update in reverse: with C = I - Gain h' / S, the vector becomes C'v - h e / S and the matrix C'MC + h h' / S.
    /// </summary>
    static void StepBack(FilterStep step, ScalarUpdate update, double[] vector, SymmetricMatrix matrix)
    {
        var row = step.Row(update.Side);
        var product = matrix.Multiply(update.Gain);
        var quadratic = SymmetricMatrix.Dot(product, update.Gain);
        var pull = (SymmetricMatrix.Dot(update.Gain, vector) + update.Innovation) / update.Variance;

        // C'MC + h h'/S = M + h z' + z h', with z = -product/S + h (quadratic/S + 1) / 2S.
        var half = 0.5 * (quadratic / update.Variance + 1) / update.Variance;
        for (var i = 0; i < row.Length; i++)
        {
            vector[i] -= row[i] * pull;
            product[i] = half * row[i] - product[i] / update.Variance;
        }
        matrix.AddOuter(row, product);
    }

    Moments Smoothed(FilterStep step, double[] vector, SymmetricMatrix matrix)
    {
        var column = step.Observe(step.PredictedCovariance, Side.Inside);
        return new Moments(
            filter.Level + step.Observe(step.PredictedMean, Side.Inside) - SymmetricMatrix.Dot(column, vector),
            step.Observe(column, Side.Inside) - SymmetricMatrix.Dot(matrix.Multiply(column), column));
    }

    /// <summary>Adds this hour's part to the sum; returns by how much the sum's variance grows.</summary>
    static double Add(FilterStep step, double[] covariance, double weight)
    {
        var product = step.Observe(step.PredictedCovariance, Side.Inside);
        var growth = 2 * weight * step.Observe(covariance, Side.Inside) + weight * weight * step.Observe(product, Side.Inside);
        for (var i = 0; i < covariance.Length; i++)
            covariance[i] += weight * product[i];
        return growth;
    }

    /// <summary>Conditions the sum on this hour's measurements; returns by how much its variance shrinks.</summary>
    static double Condition(FilterStep step, double[] covariance)
    {
        var shrinkage = 0.0;
        foreach (var update in step.Updates)
        {
            var common = step.Observe(covariance, update.Side) / update.Variance;
            shrinkage += common * common * update.Variance;
            for (var i = 0; i < covariance.Length; i++)
                covariance[i] -= common * update.Gain[i];
        }
        return shrinkage;
    }
}
