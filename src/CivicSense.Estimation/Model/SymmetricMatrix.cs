using System.Numerics.Tensors;

namespace CivicSense.Estimation;

/// <summary>A dense symmetric matrix, stored in full so that a row is a span.</summary>
sealed class SymmetricMatrix(int size)
{
    readonly double[] values = new double[size * size];

    public int Size => size;

    public Span<double> Row(int row) => values.AsSpan(row * size, size);

    public SymmetricMatrix Copy()
    {
        var copy = new SymmetricMatrix(size);
        values.CopyTo(copy.values, 0);
        return copy;
    }

    public void AddToDiagonal(int index, double value) => values[index * size + index] += value;

    /// <summary>Replaces the matrix M by D M D for a diagonal D.</summary>
    public void Scale(ReadOnlySpan<double> diagonal)
    {
        for (var row = 0; row < size; row++)
        {
            TensorPrimitives.Multiply(Row(row), diagonal, Row(row));
            TensorPrimitives.Multiply(Row(row), diagonal[row], Row(row));
        }
    }

    /// <summary>Subtracts v v' / divisor.</summary>
    public void Downdate(ReadOnlySpan<double> vector, double divisor)
    {
        for (var row = 0; row < size; row++)
            TensorPrimitives.MultiplyAdd(vector, -vector[row] / divisor, Row(row), Row(row));
    }

    /// <summary>Makes a component independent of all others, with this variance.</summary>
    public void Reset(int index, double variance)
    {
        for (var other = 0; other < size; other++)
            values[index * size + other] = values[other * size + index] = 0;
        values[index * size + index] = variance;
    }

    /// <summary>Replaces a component by another variable with these covariances and this variance.</summary>
    public void Replace(int index, ReadOnlySpan<double> covariances, double variance)
    {
        for (var other = 0; other < size; other++)
            values[index * size + other] = values[other * size + index] = covariances[other];
        values[index * size + index] = variance;
    }

    public void Multiply(ReadOnlySpan<double> vector, Span<double> result)
    {
        for (var row = 0; row < size; row++)
            result[row] = TensorPrimitives.Dot(Row(row), vector);
    }
}
