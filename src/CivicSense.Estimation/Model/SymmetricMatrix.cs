namespace CivicSense.Estimation;

/// <summary>A dense symmetric matrix, stored in full so that a row is a span.</summary>
sealed class SymmetricMatrix(int size)
{
    readonly double[] values = new double[size * size];

    public int Size => size;

    public double this[int row, int column] => values[row * size + column];

    public ReadOnlySpan<double> Row(int row) => values.AsSpan(row * size, size);

    public SymmetricMatrix Copy()
    {
        var copy = new SymmetricMatrix(size);
        values.CopyTo(copy.values, 0);
        return copy;
    }

    public void AddToDiagonal(int index, double value) => values[index * size + index] += value;

    public void AddAt(int row, int column, double value) => values[row * size + column] += value;

    /// <summary>Replaces the matrix M by D M D for a diagonal D.</summary>
    public void Scale(ReadOnlySpan<double> diagonal)
    {
        for (var row = 0; row < size; row++)
        {
            var target = values.AsSpan(row * size, size);
            for (var column = 0; column < target.Length; column++)
                target[column] *= diagonal[row] * diagonal[column];
        }
    }

    /// <summary>Subtracts v v' / divisor.</summary>
    public void Downdate(ReadOnlySpan<double> vector, double divisor)
    {
        for (var row = 0; row < size; row++)
        {
            var target = values.AsSpan(row * size, size);
            var factor = vector[row] / divisor;
            for (var column = 0; column < target.Length; column++)
                target[column] -= factor * vector[column];
        }
    }

    /// <summary>Adds u v' + v u'.</summary>
    public void AddOuter(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        for (var row = 0; row < size; row++)
        {
            var target = values.AsSpan(row * size, size);
            for (var column = 0; column < target.Length; column++)
                target[column] += left[row] * right[column] + right[row] * left[column];
        }
    }

    /// <summary>Makes a component independent of all others, with this variance.</summary>
    public void Reset(int index, double variance)
    {
        for (var other = 0; other < size; other++)
            values[index * size + other] = values[other * size + index] = 0;
        values[index * size + index] = variance;
    }

    public double[] Multiply(ReadOnlySpan<double> vector)
    {
        var result = new double[size];
        for (var row = 0; row < size; row++)
            result[row] = Dot(Row(row), vector);
        return result;
    }

    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }
}
